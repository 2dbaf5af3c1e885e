"""Kernel means against the kernel itself, and against truth."""

from itertools import combinations

import numpy as np
import pytest

from builders import gaussian, library_of, samples_of
from fingerprint.evidence import KernelMean, kernel_mean


def gauss(x, y, width):
    return np.exp(-((x[:, None] - y[None]) ** 2).sum(axis=2) / (2 * width**2)).mean()


def discrepancy(x, y):
    """Squared, biased: means of the kernel over all pairs of grains."""

    def between(columns, width):
        a, b = x[:, columns], y[:, columns]
        return gauss(a, a, width) + gauss(b, b, width) - 2 * gauss(a, b, width)

    p = x.shape[1]
    alone = np.mean([between([j], kernel_mean._WIDTH_ALONE) for j in range(p)])
    pairs = combinations(range(p), 2)
    return 0.5 * (alone + np.mean([between(list(k), kernel_mean._WIDTH_PAIR) for k in pairs]))


def test_waves_give_the_discrepancy_of_the_kernel():
    rng = np.random.default_rng(1)
    scorer = KernelMean()
    scorer._draw_waves(4)
    far, near = [], []
    for shift, errors in ((1.0, far), (0.0, near)):
        for _ in range(10):
            x, y = rng.normal(size=(20, 4)), rng.normal(shift, 1.0, size=(30, 4))
            got = np.mean((scorer._waves(x).mean(axis=0) - scorer._waves(y).mean(axis=0)) ** 2)
            errors.append(got / discrepancy(x, y))
    assert np.mean(far) == pytest.approx(1.0, abs=0.1)
    assert np.mean(near) == pytest.approx(1.0, abs=0.1)


def test_all_analytes_and_all_pairs_have_their_waves():
    for p in (1, 2, 5, 12, 40):
        scorer = KernelMean()
        scorer._draw_waves(p)
        alone = scorer.analyte_[:, 0] == scorer.analyte_[:, 1]
        n_alone = np.bincount(scorer.analyte_[alone, 0], minlength=p)
        if p > 1:
            assert alone.sum() == alone.size // 2
            assert n_alone.max() - n_alone.min() <= 2
            across = np.bincount(scorer.analyte_[~alone].ravel(), minlength=p)
            assert across.min() > 0


def test_the_score_is_the_formula():
    library = gaussian(4, [1, 2, 3, 4], 6, p=3, seed=2)
    scorer = KernelMean().fit(library)
    z = scorer.scores_.transform_samples(library.samples, scorer.keys_)
    rows = [z[library.samples.grain_sample == i] for i in range(len(library))]
    means = np.stack([scorer._waves(row).mean(axis=0) for row in rows])
    pooled = np.mean([scorer._waves(row).var(axis=0, ddof=1) for row in rows], axis=0)
    np.testing.assert_allclose(scorer.variance_, pooled, rtol=1e-9)
    off = np.full(means.shape, np.nan)
    for i, site in enumerate(library.sample_site):
        others = (library.sample_site == site) & (np.arange(len(library)) != i)
        if others.any():
            off[i] = (means[i] - means[others].mean(axis=0)) ** 2
    typical = np.nanmean(off, axis=0)
    query = samples_of(
        10 ** np.random.default_rng(3).normal(2, 0.5, (5, 3)),
        ["q"] * 5,
        elements=library.samples.assay.keys,
    )
    q = scorer._waves(scorer.scores_.transform_samples(query, scorer.keys_)).mean(axis=0)
    for s in range(4):
        own = library.sample_site == s
        n = own.sum() if own.sum() > 1 else 0
        within = (np.nansum(off[own], axis=0) + 4 * typical) / (n + 4)
        within = np.maximum(within, kernel_mean._FLOOR)
        squared = (q - means[own].mean(axis=0)) ** 2 - pooled / 5
        assert scorer.score(query)[0, s] == pytest.approx(-np.mean(squared / within), rel=1e-9)


def test_the_number_of_grains_does_not_bias_it():
    rng = np.random.default_rng(4)
    values = 10 ** rng.normal(size=(4 * 200, 3))
    names = np.repeat(["a", "b", "c", "d"], 200)
    scorer = KernelMean().fit(library_of(values, names, np.repeat(["x", "y"], 400)))
    mean = {}
    for n in (2, 20):
        queries = samples_of(10 ** rng.normal(size=(n * 150, 3)), np.repeat(np.arange(150), n))
        mean[n] = scorer.score(queries)[:, 0]
    # What n grains add is taken off; left in, the means would differ by 0.45 v / u.
    left_in = 0.45 * np.mean(scorer.variance_ / scorer.within_[0])
    assert abs(mean[2].mean() - mean[20].mean()) < 0.1 * left_in


def test_it_sees_what_no_single_analyte_shows():
    """Two sites with the same curves, one with its analytes going together, one against."""
    rng = np.random.default_rng(6)
    z = rng.normal(size=(2, 200, 1))
    noise = 0.1 * rng.normal(size=(2, 200, 2))
    together, against = z[0] * [1, 1] + noise[0], z[1] * [1, -1] + noise[1]
    names = np.repeat([f"{i}" for i in range(10)], 40)
    values = 10 ** np.concatenate([together, against])
    scorer = KernelMean().fit(library_of(values, names, np.repeat(["t", "u"], 200)))
    query = rng.normal(size=(25, 1)) * [1, -1] + 0.1 * rng.normal(size=(25, 2))
    against_site, together_site = scorer.score(samples_of(10**query, ["q"] * 25))[0, ::-1]
    assert against_site > together_site


def test_a_sample_that_lacks_analytes_is_scored_on_those_it_has():
    library = gaussian(8, 4, 10, p=6, seed=7)
    scorer = KernelMean().fit(library)
    part = library.samples.with_analytes(np.array([0, 2, 3]))
    scores = scorer.score(part)
    assert (scores.argmax(axis=1) == library.sample_site).mean() > 0.8
    has = np.isin(scorer.analyte_, [scorer.keys_.index(key) for key in part.assay.keys])
    used = has.all(axis=1)
    whole = scorer.score(library.samples)
    scorer.site_mean_ = np.where(used, scorer.site_mean_, np.nan)
    vars(scorer).pop("_by_site")
    np.testing.assert_allclose(scorer.score(library.samples), scores, atol=1e-9)
    assert not np.allclose(whole, scores)


def test_a_grain_that_lacks_an_analyte_still_counts_for_the_others():
    library = gaussian(4, 3, 8, p=3, seed=8)
    scorer = KernelMean().fit(library)
    query = library.samples.take(np.array([0]))
    values = query.assay.values.copy()
    values[2:, 1] = np.nan
    holed = samples_of(values, ["q"] * 8, elements=query.assay.keys)
    z = scorer.scores_.transform_samples(holed, scorer.keys_)
    waves = scorer._waves(z)
    n = np.isfinite(waves).sum(axis=0)
    assert set(n) == {2, 8}
    q = np.nanmean(waves, axis=0)
    squared = (q - scorer.site_mean_) ** 2 - scorer.variance_ / n
    np.testing.assert_allclose(scorer.score(holed)[0], -(squared / scorer.within_).mean(axis=1))
