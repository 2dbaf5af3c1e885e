"""Figures show the numbers that they should, with labels that can be read."""

from functools import partial

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fingerprint.judgement import Policy
from fingerprint.report.contents import Curve, Panel, Strength
from fingerprint.report.plots import draw_curves, draw_strength
from fingerprint.report.svg import inline_svg
from fingerprint.report.ticks import log_ticks

STRENGTH = Strength(1.0, 1.5, 0.9, 2.1, -0.4, 0.3, (-2.2, 2.2), 150, 160)
CURVE = Curve((0.0, 0.0, 1.0), (0.0, 0.5, 1.0), 2)


def axes():
    figure = Figure(figsize=(7, 2.4))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.05, 0.2, 0.9, 0.7))


def words_on(ax):
    return [text.get_text().replace("\n", " ") for text in ax.texts]


def panel(key="Ta", unit="ppm", limit=None):
    return Panel(key, unit, 0.1, 0.5, limit, CURVE, CURVE, (CURVE,))


def test_strength_names_numbers_thresholds_bounds_and_scale():
    ax = axes()
    draw_strength(ax, STRENGTH, Policy())
    texts = words_on(ax)
    assert "against anywhere: 1.50 (0.90 to 2.10)" in texts
    assert "against its neighbours: −0.40" in texts
    assert texts.count("bound") == 2
    assert {"plausible from 1", "plausible from 0"} <= set(texts)
    assert {"weak", "moderate", "moderately strong"} <= set(texts)
    left, right = ax.get_xlim()
    assert left < -2.2 < 2.2 < right


def test_strength_follows_the_policy():
    ax = axes()
    draw_strength(ax, STRENGTH, Policy(plausible_log10_lr=1.5, plausible_log10_lr_near=-0.5))
    assert {"plausible from 1.5", "plausible from −0.5"} <= set(words_on(ax))


def test_a_threshold_beyond_the_bounds_is_in_sight():
    ax = axes()
    draw_strength(ax, STRENGTH, Policy(plausible_log10_lr=3.0))
    assert ax.get_xlim()[1] > 3.0


@pytest.mark.parametrize("bounds", [(-0.3, 0.5), (-4.3, 6.2)])
def test_strength_suits_small_and_large_libraries(bounds):
    ax = axes()
    strength = Strength(1.0, 0.2, 0.2, 0.2, 0.2, 0.3, bounds, 1, 1)
    draw_strength(ax, strength, Policy())
    assert ax.get_xlim()[0] < bounds[0] < bounds[1] < ax.get_xlim()[1]


def test_censored_region_is_shaded_and_named():
    ax = axes()
    draw_curves(ax, panel(limit=0.2))
    assert "below detection " in words_on(ax)
    ax = axes()
    draw_curves(ax, panel())
    assert words_on(ax) == []


@pytest.mark.parametrize(
    ("key", "unit", "label"),
    [("Ta", "ppm", "Ta (ppm)"), ("Pb_ratio", "ratio", "Pb_ratio"), ("x_log10", "log10", "x_log10")],
)
def test_axis_names_analyte_and_unit(key, unit, label):
    ax = axes()
    draw_curves(ax, panel(key, unit))
    assert ax.get_xlabel() == label


@pytest.mark.parametrize("left", [-4.3, -1.0, 0.0, 2.2, 5.1])
@pytest.mark.parametrize("width", [0.03, 0.2, 0.7, 1.5, 3.0, 7.0])
def test_ticks_are_few_plain_and_apart(left, width):
    positions, labels = log_ticks(left, left + width, is_log=False)
    assert 2 <= len(positions) <= 6
    assert len(set(labels)) == len(labels)
    assert all("e" not in label for label in labels)
    assert np.diff(positions).min() >= 0.15 * width
    assert left <= positions[0] < positions[-1] <= left + width


def test_a_logarithm_is_labelled_as_it_is():
    positions, labels = log_ticks(-1.0, 1.0, is_log=True)
    assert labels[positions.index(-1.0)] == "−1"


def test_svg_is_the_same_every_time_and_shares_no_id():
    draw = partial(draw_curves, panel=panel(limit=0.2))
    first, again, other = (
        inline_svg(draw, name, "curves", (2.6, 1.9), (0.4, 0.4, 0.1, 0.1)) for name in "aab"
    )
    assert first == again
    ids = [{part.split('"')[0] for part in svg.split(' id="')[1:]} for svg in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_hostile_texts_are_escaped_in_figures():
    hostile = '$<script>alert(1)</script>_{"'
    draw = partial(draw_curves, panel=panel(hostile))
    svg = inline_svg(draw, "x", hostile, (2.6, 1.9), (0.4, 0.4, 0.1, 0.1), stamp="MADE-UP DATA")
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert "MADE-UP DATA" in svg
