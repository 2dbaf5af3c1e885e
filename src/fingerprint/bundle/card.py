"""The card of a model: what it is, what it is fit for and what not."""

from __future__ import annotations

from fingerprint.judgement import Model
from fingerprint.judgement.decide import least_analytes

_MADE_UP = """\
> **Made-up data.** The library of this model was invented, sites and chemistry alike. The model
> shows how the program works. It says nothing about any real mine.

"""
_CARD = """\
# Model card

{made_up}An origin check: is a sample consistent with the site that its papers name?

| | |
|---|---|
| Library | {n_samples} reference samples, {n_grains} grains, {n_sites} sites in {n_districts} districts |
| Sites known by one sample | {n_single} |
| Analytes | {analytes} |
| Scorers | {scorers} |
| Neighbours are | {neighbours} |
| True claims that the p-value compares with | {n_true} |
| log10 LR lies between | {low:.2f} and {high:.2f} (what a library of this size can support) |
| Rate of false rejection that is set | {alpha:g} |
| Seed | {seed} |
| Library sha256 | `{library_hash}` |

## Fit for

Claims on the sites of this library, for samples measured for the same analytes and prepared in the
same way. The verdict is consistency with the declared origin, no more.

## Not fit for

- Samples of fewer than {fewest_grains} grains, or measured for fewer than {least_analytes} of the
  {n_analytes} analytes: `inconclusive`.
- Findings on conflict, armed control, taxation, labour or legality.
- Naming the mine that a sample came from: a site that is not excluded is not accused.

## Error rates

This card quotes none. `fingerprint evaluate` measures them on held-out samples of a library, with
the number of trials and an interval. No public coltan or wolframite data with mine labels were
found, so nothing is known here about accuracy on them.
"""  # noqa: E501


def card(model: Model) -> str:
    """Write the card of a model in Markdown."""
    provenance, sites = model.provenance, model.sites
    low, high = model.bounds
    return _CARD.format(
        made_up=_MADE_UP if provenance.made_up else "",
        n_samples=provenance.n_samples,
        n_grains=provenance.n_grains,
        n_sites=len(sites.names),
        n_districts=len(set(sites.districts) - {""}) or "no",
        n_single=int((sites.n_reference == 1).sum()),
        analytes=", ".join(model.analytes),
        n_analytes=len(model.analytes),
        least_analytes=least_analytes(model, model.policy),
        fewest_grains=max(model.policy.least_grains, model.fewest_grains),
        scorers=", ".join(model.scorers),
        neighbours=_neighbours(model),
        n_true=model.support.n_true,
        low=low,
        high=high,
        alpha=model.policy.alpha,
        seed=provenance.seed,
        library_hash=provenance.library_hash,
    )


def _neighbours(model: Model) -> str:
    if model.provenance.near_column is not None:
        return f"sites of the same {model.provenance.near_column}"
    if any(model.sites.districts != ""):
        return "sites of the same district"
    return "the most alike sites"
