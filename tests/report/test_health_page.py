"""The page on the health of a library."""

import re
from dataclasses import replace

import numpy as np
import pytest
from markupsafe import escape

from builders import gaussian, relabelled
from fingerprint.health import (
    WEIGHTS,
    Entry,
    Finding,
    History,
    check_library,
    first_of_each_kind,
)
from fingerprint.health.findings import listed
from fingerprint.report.health import render_health
from fingerprint.report.health_plots import MOST_SITES, nearest_sites
from fingerprint.report.health_text import health_text
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import copy_sample, swap_labels, wrong_standard

NOTHING = History((), (), "")
HOSTILE = "<script>alert(1)</script>&\"'$x$"


@pytest.fixture(scope="module")
def sick():
    library, _ = swap_labels(simulate_library(Design(), 7).library, 0.03, 1)
    session = library.samples.assay.fact("session")
    library = wrong_standard(library, session == "A-04", 0.5)
    library = copy_sample(
        library, str(library.samples.ids[5]), str(library.sites[0]), digits=3, factor=1, share=0.7
    )
    return check_library(library, near="district")


def test_the_page_tells_every_finding_and_stands_alone(sick):
    page = render_health(sick, NOTHING, "lib")
    for weight in WEIGHTS:
        own = [finding for finding in sick.findings if finding.weight == weight]
        for shown, rest in first_of_each_kind(own, 8):
            for finding in shown:
                assert str(escape(finding.sentence)) in page
            assert not rest or f"And {rest} more of this kind" in page
    for one in sick.unlike:
        assert one.sample in page
    assert "0.5" in page
    assert "MADE-UP DATA" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)


def test_many_findings_of_one_kind_do_not_hide_another(sick):
    many = tuple(Finding("alike", "note", f"Sites {i}.", str(i)) for i in range(200))
    other = Finding("few_samples", "note", "One of another kind.", "other")
    health = replace(sick, findings=(*many, other))
    text = health_text(health).splitlines()
    assert "Good to know: 201" in text
    untested = sick.n_sites - sick.n_sites_tested
    assert text[-3:] == [
        "  - One of another kind.",
        "Nothing must be settled.",
        f"Labels could not be tested at {untested} of {sick.n_sites} sites.",
    ]
    assert [line for line in text if "Sites" in line] == [f"  - Sites {i}." for i in range(5)]
    assert "  - and 195 more of this kind; --json gives all." in text
    page = render_health(health, NOTHING, "lib")
    assert "One of another kind." in page
    assert "And 192 more of this kind" in page


def test_where_labels_could_not_be_tested_is_said():
    text = health_text(check_library(gaussian(6, [1, 1, 3, 3, 3, 3], 8))).splitlines()
    assert text[-1] == "Labels could not be tested at 2 of 6 sites."
    assert "Labels could not" not in health_text(check_library(gaussian(6, 3, 8)))


def test_the_most_alike_pairs_stand_in_the_page_with_their_share():
    library = gaussian(6, 10, 10, between=1.0)
    sites = library.samples.fact("site").copy()
    sites[np.flatnonzero(sites == sites[0])[::2]] = "twin"
    health = check_library(relabelled(library, sites))
    (pair, *_) = health.likeness.most_alike(1)
    assert {pair[0], pair[1]} == {"site 0000", "twin"}
    page = render_health(health, NOTHING, "lib")
    assert f'<bdi>{pair[1]}</bdi></td><td class="n">{100 * pair[2]:.0f} %' in page


def test_long_names_are_cut_and_names_with_commas_told_apart():
    assert listed(["a", "b"]) == "a, b"
    assert listed(["Benites et al., 2021", "b"]) == "Benites et al., 2021; b"
    assert listed([str(i) for i in range(7)]) == "0, 1, 2, 3, 4 and 2 more"
    long = "Abdel-Motelib and others " * 6
    assert listed([long]).startswith("Abdel-Motelib and others Abdel")
    assert listed([long]).endswith("…")
    assert len(listed([long])) <= 60


def test_measured_data_bear_no_stamp():
    page = render_health(check_library(gaussian(6, 4, 8)), NOTHING, "lib")
    assert "MADE-UP" not in page
    assert "Made-up" not in page


def test_hostile_names_are_escaped():
    library = gaussian(6, 4, 8, between=1.0)
    names = {site: f"{HOSTILE}{i}" for i, site in enumerate(library.sites)}
    sites = np.array([names[s] for s in library.samples.fact("site")], dtype=object)
    sites[[0, -1]] = sites[[-1, 0]]
    health = check_library(relabelled(library, [s.replace(";", "") for s in sites]))
    some = (HOSTILE,)
    entry = Entry(1, HOSTILE, HOSTILE, "add", some, some, 1, "", "", some, HOSTILE, "")
    page = render_health(health, History(("",), (entry,), ""), HOSTILE)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_what_is_not_seen_is_shown_on_the_page_and_in_the_text():
    hidden = "a\x1b[2J\nb\u202ec"
    library = gaussian(6, 4, 8, between=1.0)
    sites = np.array([f"{hidden}{s}" for s in library.samples.fact("site")], dtype=object)
    sites[[0, -1]] = sites[[-1, 0]]
    health = check_library(relabelled(library, list(sites)))
    some = (hidden,)
    entry = Entry(1, hidden, hidden, "add", some, some, 1, "", "", some, hidden, "")
    page = render_health(health, History(("",), (entry,), ""), hidden)
    text = health_text(health)
    assert health.findings
    for shown in (page, text):
        assert "a␛[2J⏎b‹U+202E›c" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_of_many_sites_those_with_near_neighbours_are_drawn():
    health = check_library(gaussian(MOST_SITES + 30, 2, 4, p=5))
    assert len(nearest_sites(health.likeness)) == MOST_SITES
    page = render_health(health, NOTHING, "lib")
    assert f"The {MOST_SITES} sites of {MOST_SITES + 30}" in page


def test_the_text_tells_the_heaviest_first(sick):
    text = health_text(sick)
    assert text.startswith("Made-up data.")
    assert text.index("Must be settled") < text.index("Good to know")
    calm = replace(sick, findings=(), made_up=False)
    assert "Nothing must be settled." in health_text(calm)
