"""Fusion of all scorers against one alternative, shrunk towards the three-level model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from fingerprint.tables.arrays import Bools, Floats, frozen

# Variance of a standardised weight about its prior; one true trial counts as one observation.
_PRIOR_VARIANCE = 1.0
# With so many true trials the single scorers and the three-level model alone count the same.
_HALF_WAY = 20.0


@dataclass(frozen=True, eq=False)
class Fusion:
    """A logistic model of whether a claim is true, from its features.

    The score is the natural logarithm of the odds at even prior odds, linear in the features.

    Parameters
    ----------
    centre, scale
        (features,) what each feature is standardised by.
    weights
        (features,) of the standardised features.
    intercept
        Score of a claim with every feature at its centre.
    """

    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float

    def __post_init__(self) -> None:
        shapes = {np.shape(array) for array in (self.centre, self.scale, self.weights)}
        if len(shapes) != 1 or len(shapes.pop()) != 1 or not isinstance(self.intercept, float):
            raise ValueError("centre, scale and weights must be vectors of one length")
        for name in ("centre", "scale", "weights"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def score(self, features: Floats) -> Floats:
        """Score claims.

        Parameters
        ----------
        features
            (..., features). A feature that is NaN counts as being at its centre.

        Returns
        -------
        array
            (...).
        """
        return np.asarray(self.intercept + self._standard(features) @ self.weights)

    def parts(self, features: Floats) -> tuple[Floats, float]:
        """Split the score of one claim into what each feature adds, and the intercept.

        Parameters
        ----------
        features
            (features,).

        Returns
        -------
        array, float
            (features,) contributions, and what stands in any case. They sum to `score`.
        """
        return self.weights * self._standard(features), self.intercept

    def with_unused(self, n_more: int) -> Fusion:
        """Return the same fusion for features with more columns, which it leaves unused."""
        return Fusion(
            np.append(self.centre, np.zeros(n_more)),
            np.append(self.scale, np.ones(n_more)),
            np.append(self.weights, np.zeros(n_more)),
            self.intercept,
        )

    def _standard(self, features: Floats) -> Floats:
        return np.nan_to_num((features - self.centre) / self.scale, posinf=0.0, neginf=0.0)


def fit_fusion(
    features: Floats,
    is_true: Bools,
    trial_weight: Floats,
    prior: Floats,
    variance: float = _PRIOR_VARIANCE,
) -> Fusion:
    """Fit a logistic model, penalised by its distance from a prior model.

    Parameters
    ----------
    features
        (trials, features).
    is_true
        (trials,).
    trial_weight
        (trials,) positive; true and false trials are rescaled to count the same in sum.
    prior
        (features,) weights, per unit of each feature, that few true trials leave in place.
    variance
        Of a standardised weight about its prior.

    Raises
    ------
    ValueError
        If there are no true or no false trials.
    """
    if is_true.all() or not is_true.any():
        raise ValueError("fusion needs true and false trials")
    centre, scale = _location_and_spread(features, is_true)
    standard = np.nan_to_num((features - centre) / scale, posinf=0.0, neginf=0.0)
    weight = np.where(
        is_true,
        trial_weight / trial_weight[is_true].sum(),
        trial_weight / trial_weight[~is_true].sum(),
    )
    penalty = 1.0 / (variance * is_true.sum())
    start = np.append(prior * scale, (prior * centre).sum())
    sign = np.where(is_true, 1.0, -1.0)

    def loss(theta: Floats) -> tuple[float, Floats]:
        margin = sign * (theta[-1] + standard @ theta[:-1])
        pull = theta[:-1] - start[:-1]
        slope = -weight * sign * expit(-margin)
        value = (weight * np.logaddexp(0.0, -margin)).sum() + 0.5 * penalty * (pull**2).sum()
        gradient = np.append(standard.T @ slope + penalty * pull, slope.sum())
        return float(value), gradient

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return Fusion(centre, scale, found.x[:-1], float(found.x[-1]))


def fit_calibration(score: Floats, is_true: Bools, trial_weight: Floats) -> Fusion:
    """Calibrate fused scores of claims that the fusion behind them has not seen.

    Parameters
    ----------
    score
        (trials,) fused.
    is_true, trial_weight
        See `fit_fusion`.
    """
    return fit_fusion(score[:, None], is_true, trial_weight, np.ones(1))


@dataclass(frozen=True)
class Plan:
    """How the fusion of some scorers is learned.

    Each scorer is first weighed alone. The fusion is drawn towards the mean of those weights, and
    the more so towards the three-level model the fewer true trials there are: with n of them, the
    mean counts n / (n + 20), as does the freedom to differ from it. So no scorer is trusted more
    than the others without cause, and fifteen true trials cannot overfit.

    Parameters
    ----------
    columns
        For each scorer, its features.
    anchor
        Which of them is the three-level model, whose score is a log likelihood ratio as it is;
        None if it is not among them.
    freedom
        Variance of a standardised weight about what the single scorers say, many true trials given.
    """

    columns: tuple[tuple[int, ...], ...]
    anchor: int | None
    freedom: float

    def fit(self, features: Floats, is_true: Bools, trial_weight: Floats) -> Fusion:
        """Learn the fusion; see `fit_fusion`."""
        alone = np.zeros((len(self.columns), features.shape[1]))
        for k, columns in enumerate(self.columns):
            at = list(columns)
            start = np.zeros(len(at))
            start[0] = float(k == self.anchor)
            one = fit_fusion(features[:, at], is_true, trial_weight, start)
            alone[k, at] = one.weights / one.scale
        share = float(is_true.sum() / (is_true.sum() + _HALF_WAY))
        prior = alone.mean(axis=0)
        if self.anchor is not None:
            prior = share * prior + (1.0 - share) * alone[self.anchor]
        return fit_fusion(features, is_true, trial_weight, prior, share * self.freedom)


def _location_and_spread(features: Floats, is_true: Bools) -> tuple[Floats, Floats]:
    """Mean and spread with true and false trials counting the same."""
    halves = [features[is_true], features[~is_true]]
    centre = np.mean([_mean_of_known(h) for h in halves], axis=0)
    square = np.mean([_mean_of_known((h - centre) ** 2) for h in halves], axis=0)
    return centre, np.sqrt(np.where(square > 1e-12, square, 1.0))


def _mean_of_known(values: Floats) -> Floats:
    """(features,) mean of what is not NaN; 0 where nothing is left."""
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
