"""How many true claims look as unlike their site as this one: a conformal p-value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.tables.arrays import Bools, Floats, Ints, frozen

# Upper edges of the classes by number of reference samples and by number of grains.
_REFERENCE_EDGES = (1, 2, 5)
_GRAIN_EDGES = (3, 5, 8, 15, 30)


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
        (true claims,) share of the model's analytes that the sample was scored on: each sample
        counts once for each share that was tried.
    """

    scores: Floats
    n_grains: Ints
    n_reference: Ints
    share: Floats

    def __post_init__(self) -> None:
        names = ("scores", "n_grains", "n_reference", "share")
        shapes = {np.shape(getattr(self, name)) for name in names}
        if len(shapes) != 1 or len(shapes.pop()) != 1:
            raise ValueError("scores, grains, reference samples and shares must be as many")
        for name in names:
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
        the next. The guarantee holds on average over sites, not for each site.

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
        for each in tried:
            self._fill(p, level == each, self._of_share(each), scores, n_grains, n_reference, alpha)
        return p

    def _of_share(self, share: float) -> TrueScores:
        at = self.share == share
        return TrueScores(self.scores[at], self.n_grains[at], self.n_reference[at], self.share[at])

    @staticmethod
    def _fill(
        p: Floats,
        claims: Bools,
        compared: TrueScores,
        scores: Floats,
        n_grains: Ints,
        n_reference: Ints,
        alpha: float,
    ) -> None:
        for group in compared._groups(alpha):
            true = np.sort(compared.scores[group.holds(compared.n_grains, compared.n_reference)])
            at = claims & group.holds(n_grains, n_reference)
            p[at] = (1 + np.searchsorted(true, scores[at], side="right")) / (true.size + 1)

    def enough(self, alpha: float) -> bool:
        """Whether any claim can be rejected at alpha."""
        return int((self.share == self.share.max()).sum()) >= least_true_claims(alpha)

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
