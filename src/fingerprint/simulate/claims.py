"""Controls and what their papers say: claims that are true, and claims that are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.simulate.deposits import Deposits
from fingerprint.tables.arrays import Ints

# Kinds of lots, in turn: a true claim; ore from next door, from afar, and from no known site.
_KINDS = ("true", "neighbour", "far", "hidden")


@dataclass(frozen=True, eq=False)
class Lots:
    """Lots of controls.

    Parameters
    ----------
    origin
        (lots,) row of the site that the lot comes from.
    claim
        (lots,) row of the site that its papers name, always one of the library's.
    n_samples
        (lots,) one or two.
    """

    origin: Ints
    claim: Ints
    n_samples: Ints


def make_claims(deposits: Deposits, rng: np.random.Generator) -> Lots:
    """Invent lots: a quarter each of true claims, neighbours, far sites and hidden sites.

    A false claim names a site of the same mineral wherever there is one: nobody declares coltan
    as cassiterite. Hidden lots claim a neighbour of their true site. Where the design hides no
    site, those lots too come from afar.
    """
    design = deposits.design
    kinds = [_KINDS[i % len(_KINDS)] for i in range(design.n_lots)]
    if not design.n_hidden_sites:
        kinds = ["far" if kind == "hidden" else kind for kind in kinds]
    origin = rng.choice(design.n_sites, size=design.n_lots, replace=design.n_lots > design.n_sites)
    hidden = rng.permutation(design.n_hidden_sites) + design.n_sites
    for place, lot in enumerate(i for i, kind in enumerate(kinds) if kind == "hidden"):
        origin[lot] = hidden[place % len(hidden)]
    claim = [
        int(site) if kind == "true" else _false_claim(deposits, int(site), kind, rng)
        for site, kind in zip(origin, kinds, strict=True)
    ]
    n_samples = rng.integers(1, 2, size=design.n_lots, endpoint=True)
    order = rng.permutation(design.n_lots)
    return Lots(
        origin[order].astype(np.int64), np.array(claim, dtype=np.int64)[order], n_samples[order]
    )


def _false_claim(deposits: Deposits, site: int, kind: str, rng: np.random.Generator) -> int:
    others = np.setdiff1d(np.arange(deposits.design.n_sites), [site])
    alike = deposits.site_mineral[others] == deposits.site_mineral[site]
    near = deposits.site_district[others] == deposits.site_district[site]
    wanted = alike & ~near if kind == "far" else near
    for choice in (wanted, alike, np.ones(len(others), dtype=bool)):
        if choice.any():
            return int(rng.choice(others[choice]))
    raise ValueError("a library has at least two sites")
