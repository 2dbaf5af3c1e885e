"""Samples unlike their own site: labels that may have been exchanged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.health.findings import Finding, listed
from fingerprint.health.leave_one_out import Fits, fits
from fingerprint.health.means import ComparedSamples
from fingerprint.library import Library
from fingerprint.library.notes import counted
from fingerprint.tables.arrays import Bools, Floats

# log10 likelihood ratio of elsewhere against the own site from which a label is doubted: 100 to 1.
UNLIKE = 2.0
_MOST_ROUNDS = 30
_SITES_NAMED = 3


@dataclass(frozen=True)
class Unlike:
    """A sample that is unlike the other samples of its site.

    Parameters
    ----------
    sample, site
        Names.
    n_others
        Samples of the site that it was compared with.
    log10_lr
        Of its own site against elsewhere, below ``-UNLIKE``.
    more_like
        Sites whose samples it is more like than those of its own, most alike first.
    """

    sample: str
    site: str
    n_others: int
    log10_lr: float
    more_like: tuple[str, ...]


def unlike_their_site(library: Library, compared: ComparedSamples) -> list[Unlike]:
    """Find samples that are unlike their own site, the most unlike first.

    A wrong label poisons the site that it points to: it widens the variance between samples and
    draws the site's mean. So the worst sample of each site is set aside, the model is learned anew
    without it, and every sample weighed again, until nothing changes. A sample that was set aside
    comes back if the rest speaks for it.

    Parameters
    ----------
    library
        The library.
    compared
        Its samples; sites with one sample are not tested.
    """
    if len(compared) < 3 or not compared.keys or compared.n_of_site.max() < 2:
        return []
    trusted = np.ones(len(compared), dtype=bool)
    for _ in range(_MOST_ROUNDS):
        weighed = fits(compared, trusted)
        doubted = _doubted(compared, weighed, trusted)
        if (doubted == ~trusted).all():
            break
        trusted = ~doubted
    return _told(library, compared, weighed, trusted)


def _doubted(compared: ComparedSamples, weighed: Fits, trusted: Bools) -> Bools:
    """Samples set aside: those that still are unlike, and the worst of each site that is left."""
    site = compared.sample_site
    low = _log10_lr(compared, weighed) < -UNLIKE
    doubted = low & ~trusted
    left = np.bincount(site[trusted], minlength=len(compared.site_rows))
    worst_first = np.flatnonzero(low & trusted)
    worst_first = worst_first[np.argsort(weighed.log_lr[worst_first], kind="stable")]
    _, first = np.unique(site[worst_first], return_index=True)
    worst = worst_first[first]
    doubted[worst[left[site[worst]] > 1]] = True
    return doubted


def _log10_lr(compared: ComparedSamples, weighed: Fits) -> Floats:
    tested = compared.n_of_site[compared.sample_site] > 1
    return np.where(tested, weighed.log_lr / np.log(10.0), np.inf)


def _told(
    library: Library, compared: ComparedSamples, weighed: Fits, trusted: Bools
) -> list[Unlike]:
    names, sites = library.samples.ids[compared.rows], library.sites[compared.site_rows]
    left = np.bincount(compared.sample_site[trusted], minlength=sites.size)
    log10_lr = _log10_lr(compared, weighed)
    found = np.flatnonzero(~trusted)
    unlike = []
    for i in found[np.argsort(log10_lr[found], kind="stable")]:
        better = np.flatnonzero((weighed.others[i] > weighed.own[i]) & (left > 0))
        better = better[np.argsort(-weighed.others[i, better], kind="stable")][:_SITES_NAMED]
        site = compared.sample_site[i]
        unlike.append(
            Unlike(
                str(names[i]),
                str(sites[site]),
                int(left[site]),
                float(log10_lr[i]),
                tuple(str(sites[b]) for b in better),
            )
        )
    return unlike


def label_findings(unlike: list[Unlike]) -> list[Finding]:
    """Tell which samples are unlike their site."""
    return [
        Finding(
            "label",
            "settle",
            f"Sample {one.sample} is unlike the other samples of {one.site}"
            + (f"; it is more like the samples of {listed(one.more_like)}" * bool(one.more_like))
            + ". Look at its label and its bag before it is used.",
            one.sample,
            (one.sample,),
            (one.site,),
            (("log10_lr", one.log10_lr), ("n_others", one.n_others)),
        )
        for one in unlike
    ]


def not_tested(library: Library, compared: ComparedSamples) -> list[Finding]:
    """Say which samples and tables could not be compared at all."""
    told = []
    without = len(library) - len(compared)
    if not compared.keys:
        sentence = (
            "No sample was compared with its site, since no analyte was measured in most grains: "
            "nothing was tested there."
        )
        told.append((sentence, "no analyte"))
    elif without > 0:
        sentence = (
            f"{counted(without, 'sample')} without a grain measured for the analytes that are "
            "compared: nothing was tested there."
        )
        told.append((sentence, "samples without assay"))
    samples = library.samples
    others = ((samples.ages, "ages"), (samples.mineralogy, "mineralogy"))
    if words := [word for table, word in others if table is not None]:
        sentence = (
            f"The {' and '.join(words)} of the samples were not looked at: only the assay is "
            "compared."
        )
        told.append((sentence, "other tables"))
    return [Finding("not_tested", "note", sentence, subject) for sentence, subject in told]
