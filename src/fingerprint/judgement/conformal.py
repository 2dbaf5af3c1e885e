"""How many true claims look as unlike their site as this one: a conformal p-value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.tables.arrays import Bools, Floats, Ints, frozen

# Upper edges of the classes by number of reference samples and by number of grains.
_REFERENCE_EDGES = (1, 2, 5)
_GRAIN_EDGES = (3, 5, 8, 15, 30)
_COLUMNS = ("scores", "n_grains", "n_reference", "share", "offset", "most_grains")


@dataclass(frozen=True, eq=False)
class TrueScores:
    """Scores of true claims on samples that neither scorers nor fusion had seen.

    Parameters
    ----------
    scores
        (true claims,) fused scores.
    n_grains, n_reference
        (true claims,) grains of the sample, and reference samples the site was known by.
    share
        (true claims,) share of the model's analytes that the sample was scored on.
    offset
        (true claims,) laboratory offset that was put on the sample.
    most_grains
        (true claims,) number that the sample's grains were cut to, inf if all took part. Each
        sample counts once for each condition that was tried, see
        `fingerprint.judgement.conditions`.
    """

    scores: Floats
    n_grains: Ints
    n_reference: Ints
    share: Floats
    offset: Floats
    most_grains: Floats

    def __post_init__(self) -> None:
        shapes = {np.shape(getattr(self, name)) for name in _COLUMNS}
        if len(shapes) != 1 or len(shapes.pop()) != 1:
            raise ValueError("every true claim needs its score and all that it was tried under")
        for name in _COLUMNS:
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def p_values(
        self,
        scores: Floats,
        n_grains: Ints,
        n_reference: Ints,
        share: Floats,
        alpha: float,
    ) -> Floats:
        """P-values of claims, each among true claims on as many grains and reference samples.

        ``(1 + #{true scores <= s}) / (n + 1)`` over the n true claims of the group (Vovk, Gammerman
        & Shafer 2005). A group holds at least ``ceil(1 / alpha)`` true claims, or is merged with
        the next. The guarantee holds on average over sites, not for each site. The p-value is the
        largest of those under each condition that may be the claim's: whether its sample carries
        a laboratory offset is not known, and the guarantee holds either way.

        Parameters
        ----------
        scores, n_grains, n_reference, share
            Arrays that broadcast together: claims. A claim is compared with true claims on the
            largest share of the analytes that is not above its own.
        alpha
            Rate of false rejection that the groups must be able to show.

        Returns
        -------
        array
            P-values; NaN for all if there are fewer than ``ceil(1 / alpha)`` true claims.
        """
        scores, n_grains, n_reference, share = np.broadcast_arrays(
            scores, n_grains, n_reference, share
        )
        p = np.full(scores.shape, np.nan)
        tried = np.unique(self.share)
        level = tried[np.maximum(np.searchsorted(tried, share + 1e-9, side="right") - 1, 0)]
        for at in self._conditions():
            compared = self.take(at)
            most = compared.most_grains[0]
            may_be = (level == compared.share[0]) & (n_grains <= most)
            may_be |= (n_grains <= most) & np.isfinite(most)
            compared._fill(p, may_be, scores, n_grains, n_reference, alpha)
        return p

    def take(self, at: Bools) -> TrueScores:
        """Return some of the true claims."""
        return TrueScores(*(getattr(self, name)[at] for name in _COLUMNS))

    def _conditions(self) -> list[Bools]:
        """Which true claims were tried under each condition."""
        each = np.stack([self.share, self.offset, self.most_grains])
        _, kind = np.unique(each, axis=1, return_inverse=True)
        return [kind == k for k in range(int(kind.max()) + 1)]

    def _fill(
        self,
        p: Floats,
        claims: Bools,
        scores: Floats,
        n_grains: Ints,
        n_reference: Ints,
        alpha: float,
    ) -> None:
        """Raise the p-values of some claims to those among these true claims."""
        for group in self._groups(alpha):
            true = np.sort(self.scores[group.holds(self.n_grains, self.n_reference)])
            at = claims & group.holds(n_grains, n_reference)
            among = (1 + np.searchsorted(true, scores[at], side="right")) / (true.size + 1)
            p[at] = np.fmax(p[at], among)

    def enough(self, alpha: float) -> bool:
        """Whether any claim can be rejected at alpha."""
        return min(int(at.sum()) for at in self._conditions()) >= least_true_claims(alpha)

    def _groups(self, alpha: float) -> list[_Group]:
        least = least_true_claims(alpha)
        if len(self.scores) < least:
            return []
        groups = []
        for low, high in _merged(self.n_reference, _REFERENCE_EDGES, least):
            inside = (self.n_reference > low) & (self.n_reference <= high)
            groups += [
                _Group(low, high, fewest, most)
                for fewest, most in _merged(self.n_grains[inside], _GRAIN_EDGES, least)
            ]
        return groups


@dataclass(frozen=True)
class _Group:
    """Claims with low < reference samples <= high and fewest < grains <= most."""

    low: float
    high: float
    fewest: float
    most: float

    def holds(self, n_grains: Ints, n_reference: Ints) -> Bools:
        return np.asarray(
            (n_reference > self.low)
            & (n_reference <= self.high)
            & (n_grains > self.fewest)
            & (n_grains <= self.most)
        )


def least_true_claims(alpha: float) -> int:
    """Fewest true claims by which a claim can be rejected at alpha."""
    # The tolerance keeps 1 / 0.02 at 50, whatever the last bit says.
    return int(np.ceil(1.0 / alpha - 1e-9))


def _merged(values: Ints, edges: tuple[int, ...], least: int) -> list[tuple[float, float]]:
    """Cut at the edges, from the low end, wherever both sides keep at least so many values."""
    classes: list[tuple[float, float]] = []
    low = -np.inf
    for edge in edges:
        inside = ((values > low) & (values <= edge)).sum()
        if inside >= least and (values > edge).sum() >= least:
            classes.append((low, float(edge)))
            low = edge
    return [*classes, (low, np.inf)]
