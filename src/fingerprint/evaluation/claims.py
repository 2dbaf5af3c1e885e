"""Scored claims whose truth is known, by kind of trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.evaluation.bootstrap import Sites
from fingerprint.evaluation.held_out import HeldOut
from fingerprint.evaluation.single_scorers import calibrations, weigh
from fingerprint.library import Library
from fingerprint.tables.arrays import Bools, Floats, Ints

# Kinds of trials. All share the true claims, those on sites without a neighbour excepted where the
# false ones are near.
COMPARED = ("known", "unknown", "near")
KINDS = (*COMPARED, "mixed", "mixed_near")


@dataclass(frozen=True, eq=False)
class Claims:
    """True claims and one kind of false ones.

    Parameters
    ----------
    score_true, score_false, log10_lr_true, log10_lr_false
        (claims,).
    sample_true, sample_false
        (claims,) whose claims, as rows of the library's samples.
    site_true, site_false
        (claims,) site that the sample of each claim was taken at.
    """

    score_true: Floats
    score_false: Floats
    log10_lr_true: Floats
    log10_lr_false: Floats
    sample_true: Ints
    sample_false: Ints
    site_true: Ints
    site_false: Ints

    def __post_init__(self) -> None:
        for kind in ("true", "false"):
            names = ("score", "log10_lr", "sample", "site")
            if len({len(getattr(self, f"{name}_{kind}")) for name in names}) != 1:
                raise ValueError(f"scores, samples and sites of {kind} claims must be as many")

    def of_samples(self, chosen: Bools) -> Claims:
        """Return the claims of some samples, chosen among the library's."""
        t, f = chosen[self.sample_true], chosen[self.sample_false]
        return Claims(
            self.score_true[t],
            self.score_false[f],
            self.log10_lr_true[t],
            self.log10_lr_false[f],
            self.sample_true[t],
            self.sample_false[f],
            self.site_true[t],
            self.site_false[f],
        )

    @property
    def sites(self) -> Sites:
        """What intervals are drawn from."""
        return Sites(self.site_true, self.site_false)


def own_known(held_out: HeldOut) -> Bools:
    """(samples, 1) whether the sample's own site had another sample to train on."""
    return np.asarray((held_out.known & held_out.is_true).any(axis=1, keepdims=True))


def trials(held_out: HeldOut, left_out: HeldOut) -> dict[str, tuple[Bools, Bools]]:
    """(samples, sites) true claims and false claims, for each of `KINDS`.

    Known origin: the sample's own site was trained on, by other samples. Unknown: the whole site
    was left out. Near: of known origin, on a site that has the own one as a neighbour. Mixed:
    every false claim as it comes, the own site in the cohort where it has another sample; mixed
    near: those of them on sites that share the neighbours' column with the own site.
    """
    known, false = held_out.known, held_out.known & ~held_out.is_true
    true = known & held_out.is_true
    of_known = false & own_known(held_out)
    has_neighbour = true & held_out.has_neighbour
    return {
        "known": (true, of_known),
        "unknown": (true, left_out.known),
        "near": (has_neighbour, of_known & held_out.is_near),
        "mixed": (true, false),
        "mixed_near": (has_neighbour, false & held_out.is_next_door),
    }


def fusion_claims(library: Library, held_out: HeldOut, left_out: HeldOut) -> dict[str, Claims]:
    """Claims as the fusion weighs them, for each of `KINDS`.

    True claims are those of `held_out`, whatever the false ones are.
    """
    far = (held_out.score, held_out.log10_lr)
    strange = (left_out.score, left_out.log10_lr)
    near = (held_out.score_near, held_out.log10_lr_near)
    weighed = {
        "known": (far, far),
        "unknown": (far, strange),
        "near": (near, near),
        "mixed": (far, far),
        "mixed_near": (near, near),
    }
    return {
        kind: claims_of(library, weighed[kind], masks)
        for kind, masks in trials(held_out, left_out).items()
    }


def scorer_claims(
    library: Library, held_out: HeldOut, left_out: HeldOut, k: int
) -> dict[str, Claims]:
    """Claims as one scorer weighs them, for each of `KINDS`.

    Calibrated and bounded as the fusion is, so that the two can be compared.
    """
    masks, own, strange = trials(held_out, left_out), held_out.raw[k], left_out.raw[k]
    folds = held_out.folds
    origins = [(own, masks["known"][1]), (strange, masks["unknown"][1])]
    # One calibration for either origin, as the fusion has one.
    far = calibrations((own, masks["known"][0]), origins, folds)
    claims = {}
    for kind, (true, false) in masks.items():
        is_near = kind in ("near", "mixed_near")
        by_fold = calibrations((own, true), [(own, false)], folds) if is_near else far
        scores = strange if kind == "unknown" else own
        weighed = [(each, weigh(by_fold, each, folds)) for each in (own, scores)]
        claims[kind] = claims_of(library, (weighed[0], weighed[1]), (true, false))
    return claims


def claims_of(
    library: Library,
    weighed: tuple[tuple[Floats, Floats], tuple[Floats, Floats]],
    masks: tuple[Bools, Bools],
) -> Claims:
    """Pick claims.

    Parameters
    ----------
    library
        Reference samples.
    weighed
        (samples, sites) score and log10 LR from which true claims are picked, and false ones.
    masks
        (samples, sites) which are the true claims and which the false ones.
    """
    (true, false), rows = masks, tuple(np.nonzero(mask)[0] for mask in masks)
    return Claims(
        weighed[0][0][true],
        weighed[1][0][false],
        weighed[0][1][true],
        weighed[1][1][false],
        *rows,
        *(library.sample_site[row] for row in rows),
    )
