"""Planted offsets and drifts are recovered; sound sessions stay within their limits."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint.chemistry import ATOMIC_WEIGHTS, Analyte
from fingerprint.errors import InputError
from fingerprint.quality import SessionLimits, judge_sessions
from fingerprint.quality.scatter import steadied
from fingerprint.tables import Assay, Certified

ELEMENTS = tuple(ATOMIC_WEIGHTS)[20:50]
LIMITS = SessionLimits()


def analytes(p):
    return tuple(Analyte(e, "ppm") for e in ELEMENTS[:p])


def certificate(p=30, value=100.0, error=1.0, materials=("Glass A",)):
    shape = (len(materials), p)
    return Certified(materials, analytes(p), np.full(shape, value), np.full(shape, error))


def assay(ratios, *, censored=None, limits=np.nan, value=100.0, **facts):
    """Measurements of Glass A, as ratios to its certified value."""
    ratios = np.atleast_2d(ratios)
    censored = np.zeros(ratios.shape, bool) if censored is None else censored
    limits = np.broadcast_to(np.asarray(limits, float), ratios.shape).copy()
    given = {"sample": "glass", "material": "Glass A", "session": "1", **facts}
    table = pd.DataFrame(
        {k: np.broadcast_to(v, len(ratios)) for k, v in given.items()}, dtype=object
    )
    values = np.where(censored, limits, value * ratios)
    return Assay(table, analytes(ratios.shape[1]), values, limits, censored)


def honest(rng, n=6, p=30, noise=0.04, offset=0.02):
    return np.exp(offset * rng.standard_normal(p) + noise * rng.standard_normal((n, p)))


def judged(ratios, **more):
    (session,) = judge_sessions(assay(ratios, **more), certificate(np.shape(ratios)[1]), LIMITS)
    return session


def kinds(session):
    return [finding.kind for finding in session.findings]


# --- truth ---


def test_a_planted_recovery_and_drift_are_what_is_read():
    order = np.linspace(0, 1, 9)
    ratios = np.exp(np.log(1.2) * (order - 0.5))[:, None] * np.array([1.0, 1.3, 0.9])
    (material,) = judged(ratios).materials
    for reading, recovery in zip(material.analytes, (1.0, 1.3, 0.9), strict=True):
        assert reading.recovery == pytest.approx(recovery)
        assert reading.drift == pytest.approx(0.2)
        assert reading.repeatability == pytest.approx(0.0, abs=1e-9)
    assert material.common.recovery == pytest.approx(1.0)
    assert material.common.drift == pytest.approx(0.2)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    inside = {"recovery": [], "drift": []}
    for _ in range(150):
        (material,) = judged(honest(rng, n=6, p=20, offset=0.0)).materials
        for r in material.analytes:
            inside["recovery"].append(r.recovery_low <= 1 <= r.recovery_high)
            inside["drift"].append(r.drift_low <= 0 <= r.drift_high)
    for name, hits in inside.items():
        assert 0.93 < np.mean(hits) < 0.99, name


def test_repeatability_is_that_of_the_simulation():
    rng = np.random.default_rng(6)
    read = [judged(honest(rng, n=10, noise=0.05)).materials[0].analytes for _ in range(10)]
    assert np.sqrt(np.mean([r.repeatability**2 for a in read for r in a])) == pytest.approx(
        0.05, rel=0.05
    )


PLANTED = {
    "one analyte, up": (lambda n: np.where(np.arange(30) == 7, np.log(1.3), 0.0), "recovery"),
    "one analyte, down": (lambda n: np.where(np.arange(30) == 7, np.log(0.7), 0.0), "recovery"),
    "common factor": (lambda n: np.log(1.15), "common_factor"),
    "common factor, down": (lambda n: np.log(0.85), "common_factor"),
    "drift": (lambda n: np.log(1.25) * np.linspace(0, 1, n)[:, None], "common_drift"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_planted_faults_are_found_and_named(case):
    """n from 4 to 10, repeatability 3 to 5 %, session offsets 2 %: the rates of docs/methods.md."""
    plant, kind = PLANTED[case]
    rng = np.random.default_rng(11)
    found = []
    for _ in range(100):
        n = int(rng.integers(4, 11))
        ratios = honest(rng, n, noise=rng.uniform(0.03, 0.05)) * np.exp(plant(n))
        found.append(kind in kinds(judged(ratios)))
    assert np.mean(found) >= 0.95


def test_sound_sessions_are_rarely_called_outside():
    rng = np.random.default_rng(12)
    outside = [
        judged(honest(rng, int(rng.integers(4, 11)), noise=rng.uniform(0.03, 0.05))).state
        for _ in range(400)
    ].count("outside")
    assert outside <= 4


def varying_together(rng, n, p=20, shared=0.08):
    """All analytes of one measurement move by the same."""
    return honest(rng, n, p, noise=0.03) * np.exp(shared * rng.standard_normal((n, 1)))


def test_noise_that_analytes_share_is_not_taken_for_a_common_factor():
    """Four measurements leave two degrees of freedom, however many analytes there are."""
    rng = np.random.default_rng(14)
    sessions = [judged(varying_together(rng, 4)) for _ in range(400)]
    common = [session.materials[0].common for session in sessions]
    assert [session.state for session in sessions].count("outside") <= 5
    assert 0.92 < np.mean([c.recovery_low <= 1 <= c.recovery_high for c in common]) < 0.98
    assert 0.92 < np.mean([c.drift_low <= 0 <= c.drift_high for c in common]) < 0.98


def test_one_analyte_stands_out_from_noise_that_all_share():
    rng = np.random.default_rng(15)
    bad = np.where(np.arange(20) == 7, 1.5, 1.0)
    sessions = [judged(varying_together(rng, 4) * bad) for _ in range(100)]
    named = [[f for f in s.findings if f.reading.analyte == ELEMENTS[7]] for s in sessions]
    assert np.mean([bool(found) for found in named]) >= 0.95
    wide = [f for (f, *_) in filter(None, named) if f.reading.recovery_low < 1]
    assert wide
    assert all("beside the others it stands out" in f.sentence for f in wide)


def test_the_worst_comes_first_and_is_named_in_the_sentence():
    ratios = honest(np.random.default_rng(3), 8)
    ratios[:, 4] *= 1.4
    ratios[:, 9] *= 0.3
    session = judged(ratios, laboratory="Laboratory A")
    assert [f.reading.analyte for f in session.findings] == [ELEMENTS[9], ELEMENTS[4]]
    assert session.sentence.startswith(f"Session 1 of Laboratory A: {ELEMENTS[9]} reads 0.3")
    assert "Glass A" in session.sentence
    assert session.sentence.endswith("And 1 more outside the limits.")


def test_the_uncertainty_of_the_certified_value_counts():
    ratios = np.array([1.3, 1.0, 1.0]) * honest(np.random.default_rng(1), 8, 3, noise=0.01)
    (sure,) = judge_sessions(assay(ratios), certificate(3, error=1.0), LIMITS)
    (unsure,) = judge_sessions(assay(ratios), certificate(3, error=15.0), LIMITS)
    assert "recovery" in kinds(sure)
    assert "recovery" not in kinds(unsure)
    widths = [
        s.materials[0].analytes[0].recovery_high / s.materials[0].analytes[0].recovery_low
        for s in (sure, unsure)
    ]
    assert widths[1] > 1.5 * widths[0]


# --- what must not matter ---


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(7)), st.permutations(range(5)))
def test_with_times_the_order_of_rows_and_columns_does_not_matter(rows, columns):
    ratios = honest(np.random.default_rng(2), 7, 5)
    times = np.array([f"2026-03-01T{8 + i:02d}:00" for i in range(7)], dtype=object)
    whole = assay(ratios, measured_at=times)
    shuffled = whole.take(np.array(rows)).with_analytes(np.array(columns))
    one, other = (judge_sessions(a, certificate(5), LIMITS)[0] for a in (whole, shuffled))
    by_key = {r.analyte: r for r in other.materials[0].analytes}
    for reading in one.materials[0].analytes:
        again = by_key[reading.analyte]
        assert again.recovery == pytest.approx(reading.recovery)
        assert again.drift == pytest.approx(reading.drift)


def test_without_times_the_order_of_rows_is_the_order_of_measurement():
    ratios = np.exp(0.3 * np.linspace(0, 1, 8))[:, None] * honest(np.random.default_rng(2), 8, 5)
    forth, back = judged(ratios), judged(ratios[::-1])
    assert forth.materials[0].common.drift > 0 > back.materials[0].common.drift


@pytest.mark.parametrize("unit", [1e-3, 1e4])
def test_the_unit_of_the_certified_table_does_not_matter(unit, tmp_path):
    from fingerprint.intake import read_certified

    name = {1e-3: "ppb", 1e4: "wt%"}[unit]
    path = tmp_path / "c.csv"
    header = ",".join(f"{e}_{name},{e}_1se" for e in ELEMENTS[:4])
    cells = ",".join(f"{100 / unit},{1 / unit}" for _ in range(4))
    path.write_text(f"material,{header}\nGLASS-A,{cells}\n")
    measured = assay(honest(np.random.default_rng(4), 6, 4))
    (one,) = judge_sessions(measured, read_certified(path), LIMITS)
    (other,) = judge_sessions(measured, certificate(4), LIMITS)
    for a, b in zip(one.materials[0].analytes, other.materials[0].analytes, strict=True):
        assert a.recovery == pytest.approx(b.recovery)
        assert a.recovery_high == pytest.approx(b.recovery_high)


def test_sessions_and_materials_are_judged_apart():
    rng = np.random.default_rng(8)
    good, bad = honest(rng), honest(rng) * 1.3
    both = assay(np.concatenate([good, bad]), session=["1"] * 6 + ["2"] * 6)
    states = {s.session: s.state for s in judge_sessions(both, certificate(), LIMITS)}
    assert states == {"1": "within", "2": "outside"}
    two = assay(np.concatenate([good, bad]), material=["Glass A"] * 6 + ["Glass B"] * 6)
    (session,) = judge_sessions(two, certificate(materials=("glass a", "glass b")), LIMITS)
    assert {f.material for f in session.findings} == {"Glass B"}
    assert [m.material for m in session.materials] == ["Glass A", "Glass B"]


def test_spellings_of_one_material_are_one_material():
    ratios = honest(np.random.default_rng(1))
    names = ["Glass A", "glass-a", "GLASSA", "Glass A", "glass a", "Glass_A"]
    assert judged(ratios, material=names).materials[0].n == 6


def test_a_blank_session_is_one_session():
    session = judged(honest(np.random.default_rng(1)), session="")
    assert session.name == "session (not given)"
    assert session.state == "within"


# --- poor input ---


def test_few_measurements_are_not_judged_and_it_is_said_how_many_are_needed():
    ratios = honest(np.random.default_rng(1), 3) * 5
    session = judged(ratios)
    assert session.state == "not judged"
    assert session.sentence == "Glass A was measured 3 times; at least 4 are needed."
    assert "once" in judged(ratios[:1]).sentence


def test_a_material_without_certified_values_is_not_judged():
    (session,) = judge_sessions(
        assay(honest(np.random.default_rng(1))), certificate(materials=("Glass Z",)), LIMITS
    )
    assert session.state == "not judged"
    assert "Glass A has no reference values" in session.sentence


def test_no_analyte_shared_is_an_error():
    others = replace(certificate(1), analytes=(Analyte("U", "ppm"),))
    with pytest.raises(InputError, match="share no analyte"):
        judge_sessions(assay(honest(np.random.default_rng(1))), others, LIMITS)


def test_no_reference_materials_are_no_sessions():
    assert judge_sessions(None, certificate(), LIMITS) == ()


def test_all_below_detection_well_under_the_certified_value_is_outside():
    ratios = honest(np.random.default_rng(1), 6, 5)
    censored = np.zeros(ratios.shape, bool)
    censored[:, 2] = True
    session = judged(ratios, censored=censored, limits=5.0)
    assert session.findings[0].reading.analyte == ELEMENTS[2]
    assert session.findings[0].reading.recovery == pytest.approx(0.05)


def test_near_the_detection_limit_nothing_is_said():
    ratios = honest(np.random.default_rng(1), 6, 5)
    censored = np.zeros(ratios.shape, bool)
    censored[:4, 2] = True
    limits = np.full(ratios.shape, 5.0)
    limits[:, 2] = 60.0
    session = judged(ratios, censored=censored, limits=limits)
    assert session.state == "within"
    assert ELEMENTS[2] not in [r.analyte for r in session.materials[0].analytes]


def test_cells_not_measured_are_left_out():
    ratios = honest(np.random.default_rng(1), 8, 5)
    ratios[:4, 1] = np.nan
    ratios[:6, 2] = np.nan
    session = judged(ratios)
    assert {r.analyte: r.n for r in session.materials[0].analytes} == {
        ELEMENTS[0]: 8, ELEMENTS[1]: 4, ELEMENTS[3]: 8, ELEMENTS[4]: 8,
    }  # fmt: skip


def test_identical_measurements_do_not_break_anything():
    assert judged(np.ones((5, 4))).state == "within"
    assert judged(np.full((5, 4), 1.5)).state == "outside"


def test_where_all_have_the_same_date_the_order_of_rows_counts():
    ratios = np.exp(0.4 * np.linspace(0, 1, 8))[:, None] * honest(np.random.default_rng(1), 8, 5)
    assert kinds(judged(ratios, measured_at="2026-03-01")) == kinds(judged(ratios))


def test_ratios_and_logarithms_are_compared_as_what_they_are():
    kinds_of = (Analyte("206Pb/204Pb", "ratio"), Analyte("K", "log10"))
    table = assay(np.ones((5, 2)))
    values = np.column_stack([np.full(5, 18.0), np.full(5, -1.0 + np.log10(1.5))])
    measured = replace(table, analytes=kinds_of, values=values)
    certified = Certified(("Glass A",), kinds_of, np.array([[18.0, -1.0]]), np.full((1, 2), np.nan))
    (session,) = judge_sessions(measured, certified, LIMITS)
    assert [r.recovery for r in session.materials[0].analytes] == pytest.approx([1.0, 1.5])


# --- scatter ---


def test_equally_noisy_analytes_lend_each_other_their_degrees_of_freedom():
    rng = np.random.default_rng(0)
    alike = 0.0016 * rng.chisquare(4, 40) / 4
    variances, freedom = steadied(alike, np.full(40, 4))
    assert variances.std() < 0.5 * alike.std()
    assert np.sqrt(variances.mean()) == pytest.approx(0.04, rel=0.1)
    assert (freedom > 8).all()


def test_where_noise_differs_widely_each_keeps_its_own():
    sizes = np.repeat([1e-4, 1e-2, 1.0], 10)
    variances, freedom = steadied(sizes, np.full(30, 8))
    np.testing.assert_allclose(variances, sizes, rtol=0.6)
    assert (freedom < 12).all()


def test_near_the_limit_of_a_logarithm_nothing_is_said():
    log = (Analyte("K", "log10"),)
    table = assay(np.ones((5, 1)), limits=1.0)
    certified = Certified(("Glass A",), log, np.array([[-1.0]]), np.full((1, 1), np.nan))
    for limit, state in ((-2.0, "within"), (-1.2, "not judged")):
        measured = replace(
            table, analytes=log, values=np.full((5, 1), -1.0), limits=np.full((5, 1), limit)
        )
        assert judge_sessions(measured, certified, LIMITS)[0].state == state
