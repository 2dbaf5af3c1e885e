"""The league table as text, JSON and pictures."""

import json

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import norm

from builders import gaussian
from fingerprint.errors import InputError
from fingerprint.evaluation import Confusion, evaluate
from fingerprint.evaluation import Figure as Measured
from fingerprint.library import Library
from fingerprint.report.league import league_tables, league_title
from fingerprint.report.league_json import league_json, read_league
from fingerprint.report.league_plots import (
    confusion_picture,
    curves_picture,
    league_picture,
    plot_confusion,
    plot_det,
    plot_entropy,
    plot_reliability,
    plot_tippett,
)
from fingerprint.tables import SampleSet


@pytest.fixture(scope="module")
def league():
    library = gaussian(12, 5, 5, p=4, seed=8)
    district = [f"d{int(site[-4:]) // 3}" for site in library.samples.fact("site")]
    facts = library.samples.facts.reset_index().astype(object).assign(district=district)
    library = Library(SampleSet.from_tables(library.samples.assay, sample_facts=facts))
    return evaluate(library, ("three_level", "ks"), folds=3, open_groups=3)


@pytest.fixture
def axes():
    return Figure().subplots()


def test_a_league_comes_back_from_its_file_as_it_was(league, tmp_path):
    text = json.dumps(league_json(league), allow_nan=False)
    (tmp_path / "league.json").write_text(text, encoding="utf-8")
    back = read_league(tmp_path / "league.json")
    assert back.rows == league.rows
    assert back.open_set == league.open_set
    assert back.curves == league.curves
    assert back.confusion == league.confusion
    assert json.dumps(league_json(back), allow_nan=False) == text


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rows": 3}', "\udcff"])
def test_what_is_no_league_is_refused_with_its_file(tmp_path, text):
    path = tmp_path / "league.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="no league table of this version"):
        read_league(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_league(tmp_path / "none.json")


def test_the_tables_name_every_scorer_and_kind(league):
    titles = " ".join(str(table.title) for table in league_tables(league))
    for words in ("known origin", "unknown origin", "neighbours", "number of grains"):
        assert words in titles
    assert "left out in 3 groups" in titles
    assert "folds by sample" in league_title(league)


def test_det_axes_are_normal_deviates(axes, league):
    plot_det(axes, league.curves)
    line = axes.lines[0]
    band = league.curves[0].det
    np.testing.assert_allclose(norm.cdf(line.get_xdata()), np.clip(band.x, 0.001, 0.5))
    np.testing.assert_allclose(norm.cdf(line.get_ydata()), np.clip(band.y, 0.001, 0.5))
    ticks = dict(
        zip((t.get_text() for t in axes.get_xticklabels()), axes.get_xticks(), strict=True)
    )
    assert ticks["2"] == pytest.approx(norm.ppf(0.02))


def test_curves_are_drawn_where_they_were_measured(league):
    first = league.curves[0]
    for plot, data, band in (
        (plot_tippett, league.curves, first.tippett_true),
        (plot_entropy, first, first.entropy.actual),
    ):
        axes = Figure().subplots()
        plot(axes, data)
        np.testing.assert_array_equal(axes.lines[0].get_xdata(), band.x)
        np.testing.assert_array_equal(axes.lines[0].get_ydata(), band.y)


def test_reliability_is_drawn_on_the_scale_of_odds(axes, league):
    plot_reliability(axes, league.curves)
    assert axes.get_xscale() == axes.get_yscale() == "logit"
    assert len(axes.containers) == len(league.curves)


def test_no_legend_hides_an_interval(league):
    for axes in (league_picture(league).axes[0], *curves_picture(league).axes[:2]):
        axes.figure.draw_without_rendering()
        legend = axes.get_legend().get_window_extent()
        assert len(axes.get_legend().get_texts()) == 3
        assert legend.y1 < axes.get_window_extent().y0
        label = axes.xaxis.label.get_window_extent()
        assert legend.y1 <= label.y0
        assert axes.figure.bbox.contains(*legend.min)
        assert axes.figure.bbox.contains(*legend.max)


@pytest.mark.filterwarnings("error")
def test_without_claims_to_draw_the_axes_stay_empty():
    for plot in (plot_tippett, plot_det, plot_reliability):
        axes = Figure().subplots()
        plot(axes, ())
        assert axes.get_legend() is None


def test_a_confusion_shows_counts_and_shares(axes):
    counts = ((3, 1), (0, 2))
    plot_confusion(axes, Confusion("district", ("a", "b"), counts, Measured(5 / 6, 0.5, 1.0)))
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.75, 0.25], [0.0, 1.0]])
    texts = {text.get_position(): text.get_text() for text in axes.texts}
    assert texts == {(0, 0): "3", (1, 0): "1", (1, 1): "2"}
    assert axes.get_title() == "83% [50%, 100%] in their own district"


def test_a_picture_says_what_was_measured_and_that_data_are_made_up(league):
    pictures = league_picture(league), curves_picture(league)
    for picture in (*pictures, confusion_picture(league, league.confusion)):
        assert "60 samples of 12 sites, 3 folds by sample" in picture.get_suptitle()
