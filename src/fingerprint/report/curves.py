"""Which cumulative curves to show, and their points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.evidence import KS
from fingerprint.evidence.features import log_table
from fingerprint.judgement import Model
from fingerprint.report.contents import Curve, Panel
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats

# So many analytes that speak for the claim, and so many that speak against it.
_MOST_PANELS = 3
# More steps than this cannot be told apart on paper.
_MOST_STEPS = 250


@dataclass(frozen=True)
class Panels:
    """Analytes whose curves are shown, strongest first.

    Parameters
    ----------
    speak_for, speak_against
        Those that lean most towards the claim, and away from it.
    far_apart
        If none speaks against it: those in which sample and claimed site differ most beyond chance.
    """

    speak_for: tuple[Panel, ...] = ()
    speak_against: tuple[Panel, ...] = ()
    far_apart: tuple[Panel, ...] = ()


def choose_panels(
    model: Model, sample: SampleSet, site: int, others: Sequence[int], leans: dict[str, float]
) -> Panels:
    """Choose the analytes that say most on a claim.

    Parameters
    ----------
    model
        A trained model.
    sample
        A set of one sample with at least one grain.
    site, others
        Rows of the claimed site, and of other sites to draw beside it.
    leans
        Share of each analyte in the claim's log10 LR, see `explain`.

    Returns
    -------
    Panels
        Empty if the model has no ks scorer.
    """
    ks = model.scorers.get("ks")
    if not isinstance(ks, KS):
        return Panels()
    drawn = [key for key in leans if ks.curve(ks.keys_.index(key), site).size]
    ranked = sorted(drawn, key=lambda key: (-leans[key], key))
    made = {key: _panel(ks, sample, key, site, others, leans[key]) for key in ranked}
    best = [made[key] for key in ranked if leans[key] > 0][:_MOST_PANELS]
    worst = [made[key] for key in reversed(ranked) if leans[key] < 0][:_MOST_PANELS]
    rest = sorted((made[key] for key in ranked), key=lambda panel: -_surprise(panel))
    far = [] if worst else [panel for panel in rest if panel not in best][:_MOST_PANELS]
    return Panels(tuple(best), tuple(worst), tuple(far))


def _surprise(panel: Panel) -> float:
    """The gap in units of what chance alone gives for so many grains."""
    n, m = panel.sample.n_grains, panel.site.n_grains
    return panel.gap * float(np.sqrt(n * m / (n + m)))


def _panel(
    ks: KS, sample: SampleSet, key: str, site: int, others: Sequence[int], lean: float
) -> Panel:
    j = ks.keys_.index(key)
    table = log_table(sample.assay, [key])
    own = table.x[:, 0][np.isfinite(table.x[:, 0])]
    own_limit = float(table.x[table.censored].max(initial=-np.inf))
    limit = max(own_limit, float(ks.limit_[j, site]))
    values, theirs = np.sort(own), ks.curve(j, site)
    measured = [s for s in others if ks.curve(j, s).size]
    analyte = sample.assay.analytes[sample.assay.keys.index(key)]
    return Panel(
        key,
        analyte.quantity,
        lean,
        largest_gap(values, theirs, limit),
        limit if np.isfinite(limit) else None,
        cumulative(values, limit),
        cumulative(theirs, limit),
        tuple(cumulative(ks.curve(j, s), max(limit, float(ks.limit_[j, s]))) for s in measured),
    )


def cumulative(values: Floats, limit: float) -> Curve:
    """Steps of a cumulative curve from the limit on, thinned to what a figure can show.

    Parameters
    ----------
    values
        (n,) ascending.
    limit
        Below it the curve is not known; -inf if it is known throughout.
    """
    levels = np.unique(values[values > limit])
    if np.isfinite(limit):
        levels = np.concatenate([[limit], levels])
    share = np.searchsorted(values, levels, side="right") / values.size
    if levels.size > _MOST_STEPS:
        kept = np.unique(np.linspace(0, levels.size - 1, _MOST_STEPS).astype(int))
        levels, share = levels[kept], share[kept]
    if not np.isfinite(limit):
        levels, share = np.append(levels[0], levels), np.append(0.0, share)
    return Curve(tuple(levels.tolist()), tuple(share.tolist()), int(values.size))


def largest_gap(values: Floats, others: Floats, limit: float) -> float:
    """Kolmogorov-Smirnov distance of two ascending arrays, all below the limit being one tie."""
    levels = np.unique(np.maximum(np.concatenate([values, others]), limit))
    shares = [np.searchsorted(v, levels, side="right") / v.size for v in (values, others)]
    return float(np.abs(shares[0] - shares[1]).max())
