"""The two-level ratio against published values, integration and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from builders import gaussian, library_of, rows_of, samples_of
from fingerprint.evaluation.metrics import cllr
from fingerprint.evidence import SCORERS, ThreeLevel, TwoLevel, TwoLevelKernel, two_level
from fingerprint.evidence.background import Background
from fingerprint.evidence.features import log_table
from fingerprint.evidence.two_level import bandwidth, log10_lr_kernel, log10_lr_normal
from fingerprint.library import Library

BOTH = pytest.mark.parametrize("ratio", [log10_lr_normal, log10_lr_kernel])
SCORER = pytest.mark.parametrize("scorer", [TwoLevel, TwoLevelKernel])
C = np.array([[1.0, 0.4], [0.4, 0.5]])
U = np.array([[0.6, -0.2], [-0.2, 0.4]])
MU = np.array([3.0, -1.0])


def drawn(rng, sources, measurements, mean=MU, between=C, within=U):
    """(sources, measurements, p) of the two-level model."""
    theta = rng.multivariate_normal(mean, between, sources)
    return theta[:, None] + rng.multivariate_normal(
        np.zeros(len(mean)), within, (sources, measurements)
    )


def background_of(x):
    return Background.of(x.reshape(-1, x.shape[-1]), np.repeat(np.arange(len(x)), x.shape[1]))


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("ratio", "rows", "published"),
    [
        (log10_lr_normal, slice(6, 12), 51.14243),
        (log10_lr_normal, slice(18, 24), 0.02899908),
        (log10_lr_kernel, slice(6, 12), 20.58967),
        (log10_lr_kernel, slice(18, 24), 0.01161392),
    ],
)
def test_published_values_of_the_glass_of_zadora(datasets_folder, ratio, rows, published):
    """Manual of the R package comparison: rows 1-6 against 7-12 and against 19-24."""
    glass = pd.read_csv(datasets_folder / "glass_sem_edx" / "glass_sem_edx.csv")
    x = glass[["logKO", "logCaO", "logFeO"]].to_numpy()
    background = Background.of(x, pd.factorize(glass["item"])[0])
    got = 10 ** ratio(x[:6], x[rows], background)
    assert float(f"{got:.6e}") == pytest.approx(published, rel=5e-7)


def integrated(control, recovered, density, spread):
    """Ratio of one variable by integration over the source's true mean."""

    theta = np.linspace(-12.0, 14.0, 20_001)
    weight = density(theta) * (theta[1] - theta[0])

    def product(x):
        return (weight * norm.pdf(x, theta[:, None], spread).prod(axis=1)).sum()

    both = product(np.concatenate([control, recovered]))
    return both / (product(control) * product(recovered))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4))
def test_one_variable_is_what_integration_over_the_mean_gives(seed, n_control, n_recovered):
    rng = np.random.default_rng(seed)
    within, between, means = 0.3, 0.8, rng.normal(1.0, 0.9, 6)
    background = Background(
        np.array([means.mean()]), np.array([[within]]), np.array([[between]]), means[:, None]
    )
    control, recovered = rng.normal(1.0, 0.8, n_control), rng.normal(0.5, 0.8, n_recovered)
    h = bandwidth(1, 6) * np.sqrt(between)
    for ratio, density in (
        (log10_lr_normal, lambda t: norm.pdf(t, means.mean(), np.sqrt(between))),
        (log10_lr_kernel, lambda t: norm.pdf(t[:, None], means, h).mean(axis=1)),
    ):
        expected = integrated(control, recovered, density, np.sqrt(within))
        got = ratio(control[:, None], recovered[:, None], background)
        assert got == pytest.approx(np.log10(expected), abs=1e-6)


def test_the_scatters_that_made_a_background_come_back():
    x = drawn(np.random.default_rng(1), 4000, 3)
    got = background_of(x)
    # Four standard errors of a covariance on as many sources, or as many free measurements.
    np.testing.assert_allclose(got.between, C, atol=4 * 1.2 * np.sqrt(2 / 4000))
    np.testing.assert_allclose(got.within, U, atol=4 * 0.6 * np.sqrt(2 / 8000))
    np.testing.assert_allclose(got.mean, MU, atol=4 * np.sqrt(1.2 / 4000))
    np.testing.assert_allclose(got.source_means, x.mean(axis=1), rtol=1e-12)


def test_unequal_numbers_and_cells_not_measured_do_not_bias_them():
    rng = np.random.default_rng(2)
    numbers = rng.integers(1, 9, 6000)
    source = np.repeat(np.arange(6000), numbers)
    x = rng.multivariate_normal(MU, C, 6000)[source]
    x = x + rng.multivariate_normal([0, 0], U, len(x))
    x[rng.random(x.shape) < 0.05] = np.nan
    got = Background.of(x, source)
    np.testing.assert_allclose(np.diag(got.within), np.diag(U), atol=0.03)
    # Cells not measured come in pairs less often: covariances shrink by at most as much.
    np.testing.assert_allclose(got.within, U, atol=0.05)
    np.testing.assert_allclose(got.between, C, atol=0.12)


@BOTH
def test_a_ratio_is_as_often_wrong_as_it_says(ratio):
    """E[LR | two sources] = 1 and E[1/LR | one source] = 1."""
    rng = np.random.default_rng(3)
    background = background_of(drawn(rng, 300, 3, within=4 * U))
    x = drawn(rng, 2000, 5, within=4 * U)
    other = np.roll(x, 1, axis=0)
    true = 10 ** np.array([ratio(a[:2], a[2:], background) for a in x])
    false = 10 ** np.array([ratio(a[:2], b[2:], background) for a, b in zip(x, other, strict=True)])
    assert np.mean(false) == pytest.approx(1.0, abs=0.1)
    assert np.mean(1 / true) == pytest.approx(1.0, abs=0.1)
    assert cllr(np.log10(true), np.log10(false)) < 0.9


@BOTH
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5))
def test_which_of_the_two_is_known_is_of_no_account(ratio, seed, n, m):
    rng = np.random.default_rng(seed)
    background = background_of(drawn(rng, 15, 4))
    one, two = drawn(rng, 2, max(n, m))
    there, back = ratio(one[:n], two[:m], background), ratio(two[:m], one[:n], background)
    assert there == pytest.approx(back, rel=1e-9, abs=1e-9)


@BOTH
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_linear_maps_of_the_variables_are_of_no_account(ratio, seed):
    rng = np.random.default_rng(seed)
    x, (one, two) = drawn(rng, 15, 4), drawn(rng, 2, 3)
    turn = rng.normal(size=(2, 2)) + 2 * np.eye(2)
    if abs(np.linalg.det(turn)) < 0.3:
        return
    shift = rng.normal(size=2)
    straight = ratio(one, two, background_of(x))
    mapped = ratio(one @ turn + shift, two @ turn + shift, background_of(x @ turn + shift))
    assert mapped == pytest.approx(straight, rel=1e-6, abs=1e-6)


@BOTH
def test_the_order_of_measurements_and_sources_is_of_no_account(ratio):
    rng = np.random.default_rng(4)
    x, (one, two) = drawn(rng, 12, 4), drawn(rng, 2, 3)
    order, again = rng.permutation(48), rng.permutation(12)
    source = np.repeat(again, 4)[order]
    shuffled = Background.of(x.reshape(-1, 2)[order], source)
    assert ratio(one[::-1], two[[1, 2, 0]], shuffled) == pytest.approx(
        ratio(one, two, background_of(x)), rel=1e-9
    )


def test_too_few_repeated_measurements_are_refused():
    x = np.random.default_rng(5).normal(size=(4, 6))
    background = Background.of(x, np.array([0, 0, 1, 2]))
    with pytest.raises(ValueError, match="too few repeated"):
        log10_lr_normal(x[:2], x[2:], background)
    with pytest.raises(ValueError, match="two sources"):
        Background.of(x, np.zeros(4, dtype=int))


@pytest.fixture(scope="module")
def library():
    return gaussian(12, 3, 5, p=4, seed=11)


def query_of(library, n, seed=2, lacking=()):
    values = 10 ** np.random.default_rng(seed).normal(2.0, 0.4, (n, 4))
    values[:, list(lacking)] = np.nan
    return samples_of(values, ["q"] * n, elements=library.samples.assay.keys)


@pytest.mark.parametrize("lacking", [(), (1,), (0, 2, 3)])
@pytest.mark.parametrize(
    ("scorer", "ratio"), [(TwoLevel, log10_lr_normal), (TwoLevelKernel, log10_lr_kernel)]
)
def test_the_score_is_the_ratio_of_the_sites_grains_to_the_samples(library, scorer, ratio, lacking):
    fitted, query = scorer().fit(library), query_of(library, 5, lacking=lacking)
    seen = np.setdiff1d(np.arange(4), lacking)
    x = log_table(library.samples.assay, fitted.keys_).x
    background = Background.of(x, library.grain_site).steadied(len(x) - 12)
    part = background.of_analytes(np.isin(np.arange(4), seen))
    asked = log_table(query.assay, fitted.keys_).x[:, seen]
    got = fitted.score(query)[0] / np.log(10)
    for s in range(12):
        expected = ratio(x[library.grain_site == s][:, seen], asked, part)
        assert got[s] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_shrinkage_is_by_how_few_observations_there_are():
    x = drawn(np.random.default_rng(6), 50, 4)
    raw = background_of(x)
    much, little = raw.steadied(3), raw.steadied(10**6)
    np.testing.assert_allclose(little.within, raw.within, rtol=2e-3)
    assert much.within[0, 1] == pytest.approx(0.5 * raw.within[0, 1])
    np.testing.assert_allclose(np.diag(much.within), np.diag(raw.within), rtol=1e-3)


@SCORER
def test_a_sample_without_any_of_the_analytes_has_no_score(library, scorer):
    fitted = scorer().fit(library)
    query = samples_of([[1.0]], ["q"], elements=("U",))
    assert np.isnan(fitted.score(query)).all()
    assert np.isnan(fitted.resampled(query, np.ones((2, 1)), np.zeros((2, 12, 4)))).all()


@SCORER
def test_grains_drawn_once_each_give_the_score(library, scorer):
    fitted, query = scorer().fit(library), query_of(library, 6, lacking=(3,))
    normals = np.random.default_rng(1).normal(size=(2, 12, 4))
    counts = np.array([[1.0] * 6, [3, 0, 0, 1, 2, 0]])
    got = fitted.resampled(query, counts, normals)
    np.testing.assert_allclose(got[0], fitted.score(query)[0], rtol=1e-10)
    rows, keys = np.repeat(np.arange(6), counts[1].astype(int)), library.samples.assay.keys
    drawn_anew = samples_of(query.assay.values[rows], ["q"] * 6, elements=keys)
    np.testing.assert_allclose(got[1], fitted.score(drawn_anew)[0], rtol=1e-10)


@SCORER
def test_grains_that_lack_an_analyte_leave_fewer_measurements(library, scorer):
    fitted, whole = scorer().fit(library), query_of(library, 6)
    values = whole.assay.values.copy()
    values[1:4, 2] = np.nan
    part = samples_of(values, ["q"] * 6, elements=library.samples.assay.keys)
    once = fitted.resampled(part, np.ones((1, 6)), np.zeros((1, 12, 4)))
    np.testing.assert_allclose(once[0], fitted.score(part)[0], rtol=1e-10)
    x = np.log10(values)
    compare = fitted._comparison(np.ones(4, bool))
    np.testing.assert_allclose(compare(np.nanmean(x, axis=0), 21 / 4), once[0], rtol=1e-10)


@SCORER
def test_neither_order_nor_company_changes_a_score(library, scorer):
    fitted = scorer().fit(library)
    order = np.random.default_rng(0).permutation(library.samples.assay.n_grains)
    shuffled = Library(rows_of(library.samples, order))
    whole = fitted.score(library.samples)
    np.testing.assert_allclose(scorer().fit(shuffled).score(shuffled.samples), whole, rtol=1e-9)
    alone = library.samples.take(np.arange(len(library)) == 7)
    assert np.array_equal(fitted.score(alone)[0], whole[7])


def awkward(kind):
    rng = np.random.default_rng(8)
    values = 10 ** rng.normal(2, 0.3, (24, 3))
    samples = [f"{i // 4}" for i in range(24)]
    sites = [f"s{i // 8}" for i in range(24)]
    more = {}
    if kind == "one grain a sample":
        samples = [str(i) for i in range(24)]
    elif kind == "a site of one grain":
        samples[-1], sites[-1] = "last", "z"
    elif kind == "nothing repeated":
        samples, sites = [str(i) for i in range(24)], [f"s{i:02d}" for i in range(24)]
    elif kind == "constant":
        values[:, 1] = 5.0
    elif kind == "mostly censored":
        more = {"limits": 1e4, "censored": np.arange(72).reshape(24, 3) % 3 == 1}
        more["censored"][0, 1] = False
    elif kind == "never found":
        more = {"limits": 1e4, "censored": np.arange(72).reshape(24, 3) % 3 == 1}
    elif kind == "two sites":
        sites = [f"s{i // 12}" for i in range(24)]
    elif kind == "more analytes than samples":
        values = 10 ** rng.normal(2, 0.3, (24, 10))
    elif kind == "a site lacks an analyte":
        values[:8, 2] = np.nan
    return library_of(values, samples, sites, **more)


@SCORER
@pytest.mark.parametrize(
    "kind",
    [
        "one grain a sample",
        "a site of one grain",
        "nothing repeated",
        "constant",
        "mostly censored",
        "never found",
        "two sites",
        "more analytes than samples",
        "a site lacks an analyte",
    ],
)
def test_awkward_libraries_have_finite_scores(scorer, kind):
    library = awkward(kind)
    scores = scorer().fit(library).score(library.samples)
    assert scores.shape == (len(library), len(library.sites))
    assert np.isfinite(scores).all()
    if kind == "nothing repeated" and scorer is TwoLevel:  # all scatter may be that of grains
        np.testing.assert_allclose(scores, 0.0, atol=1e-6)


@SCORER
def test_an_analyte_measured_too_coarsely_counts_as_not_measured(library, scorer):
    fitted = scorer().fit(library)
    values = 10 ** np.random.default_rng(3).normal(2, 0.3, (5, 4))
    keys = library.samples.assay.keys
    below = np.zeros((5, 4), bool)
    below[:, 2] = True
    coarse = samples_of(values, ["q"] * 5, elements=keys, limits=1e6, censored=below)
    without = values.copy()
    without[:, 2] = np.nan
    blank = samples_of(without, ["q"] * 5, elements=keys)
    np.testing.assert_allclose(fitted.score(coarse), fitted.score(blank), rtol=1e-12)


def test_at_most_so_many_sites_carry_a_kernel(library, monkeypatch):
    monkeypatch.setattr(two_level, "MAX_CENTRES", 5)
    fitted = TwoLevelKernel().fit(library)
    assert fitted.site_mean_.shape == (12, 4)
    np.testing.assert_array_equal(
        fitted.background_.source_means, fitted.site_mean_[[0, 3, 6, 8, 11]]
    )
    assert np.isfinite(fitted.score(library.samples)).all()


@SCORER
def test_where_samples_of_a_site_differ_ratios_are_overconfident(scorer):
    """Why the three-level model exists."""
    whole = gaussian(40, 6, 30, p=3, seed=22, between=0.05, within=0.03)
    rank = np.concatenate([np.arange(n) for n in whole.n_reference])
    known, fresh = whole.take(rank < 3), whole.samples.take(rank >= 3)
    own = whole.sample_site[rank >= 3][:, None] == np.arange(40)

    def cost(model):
        log10_lr = model.fit(known).score(fresh) / np.log(10)
        return cllr(log10_lr[own], log10_lr[~own])

    assert cost(ThreeLevel()) < 0.8 < 1.0 < cost(scorer())


def test_both_are_registered_by_their_names():
    for scorer in (TwoLevel, TwoLevelKernel):
        assert isinstance(SCORERS[scorer.name](0, 1), scorer)
