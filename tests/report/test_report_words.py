"""Sentences say what the numbers mean, and nothing beyond."""

import inspect
import re

import pytest

from fingerprint.judgement import SENTENCES
from fingerprint.report import contents, html, numbers, words
from fingerprint.report.contents import Neighbours

FORBIDDEN = re.compile(
    r"conflict[- ]free|certif|complian|verified|verif(y|ies)|guilt|fraud|culprit|launder|illegal"
    r"|smuggl|suspicious",
    re.IGNORECASE,
)


def test_no_sentence_oversteps():
    for sentences in SENTENCES.values():
        assert not FORBIDDEN.search(" ".join(sentences.values()))
    for module in (words, contents, numbers, html):
        assert not FORBIDDEN.search(inspect.getsource(module))


@pytest.mark.parametrize(
    ("p_value", "expected"),
    [
        (0.034, "Of 100 true claims, about 3 look at least this unlike their site (p = 0.034)."),
        (0.0063, "Of 1,000 true claims, about 6 look at least this unlike their site"),
        (1.0, "Of 100 true claims, all look at least this unlike their site"),
        (0.00012, "Of 10,000 true claims, about 1 look"),
        (None, "A p-value is not available: the library gives 30 true claims to compare with"),
    ],
)
def test_p_value_in_a_sentence(p_value, expected):
    assert expected in words.chance(p_value, 0.02, 30)


def test_p_value_at_alpha_is_called_implausible():
    assert "not more than the 2 %" in words.chance(0.02, 0.02, 100)
    assert "That is more than the 2 %" in words.chance(0.021, 0.02, 100)


@pytest.mark.parametrize(
    ("log10_lr", "expected"),
    [(2.1, "about 130 times more"), (-0.5, "about 3.2 times less"), (0.01, "about as probable")],
)
def test_likelihood_ratio_in_words(log10_lr, expected):
    text = words.likelihood(log10_lr, "from elsewhere", "lot")
    assert expected in text
    assert "if the lot comes from the claimed site" in text


def test_sentences_on_a_lot_speak_of_no_single_sample():
    for reason, sentence in SENTENCES["lot"].items():
        assert not re.search(r"\b[Tt]h(e|is) sample\b", sentence), reason


def test_scale_is_given_as_likelihood_ratios():
    assert words.scale_in_words() == (
        "ENFSI 2015 verbal scale: likelihood ratio weak 2 to 10; moderate 10 to 100; moderately "
        "strong 100 to 1,000; strong 1,000 to 10,000; very strong 10,000 to 1,000,000; extremely "
        "strong above 1,000,000."
    )


def test_neighbours_are_explained():
    assert "the 3 other sites of the same district" in words.neighbourhood(
        Neighbours(3, "district")
    )
    assert "the 5 most alike sites" in words.neighbourhood(Neighbours(5, None))
    assert "no neighbour" in words.neighbourhood(Neighbours(0, "district"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-0.001, "0.00"), (-1.0, "−1.00"), (1234.5, "1,234.50"), (None, "not available")],
)
def test_decimals(value, expected):
    assert numbers.decimal(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0"), (999.9, "1,000"), (0.000123456, "0.000123"), (-5.0, "−5.00")]
)
def test_significant_digits(value, expected):
    assert numbers.significant(value) == expected
