"""The page says the verdict, escapes what it is given, and needs nothing else."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest

from fingerprint.judgement import SENTENCES, Reason
from fingerprint.report import render_html
from fingerprint.report.contents import FOOTER
from fingerprint.tables import SampleSet

FORBIDDEN = ("conflict-free", "certif", "complian", "verified", "guilty", "fraud", "culprit")
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")
HOSTILE = "\"><script>alert('1')</script>&amp;{{ 7 * 7 }}$x^2"


class Text(HTMLParser):
    """What a reader reads: no markup, no style."""

    def __init__(self, page):
        super().__init__()
        self.parts, self.skipped, self.tags = [], 0, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.skipped += tag == "style"

    def handle_endtag(self, tag):
        self.skipped -= tag == "style"

    def handle_data(self, data):
        if not self.skipped:
            self.parts.append(data)

    def __str__(self):
        return " ".join(" ".join(self.parts).split())


@pytest.fixture(scope="module")
def pages(summaries, grainless):
    cases = {**summaries, "grainless": grainless}
    return {case: render_html(summary) for case, summary in cases.items()}


@pytest.fixture(scope="module")
def lots(world, summaries):
    """Lots of two samples: plausible, not, of an unknown site; with gaps; of two grains."""
    good = summaries["plausible"]
    assay = world.controls.take(np.flatnonzero(world.controls.ids == good.sample)).assay
    second = assay.n_grains // 2
    halves = np.where(np.arange(assay.n_grains) < second, "one", "two").astype(object)
    assay = replace(assay, facts=assay.facts.assign(sample=halves))
    whole = _made_up(assay)
    gaps = np.zeros(assay.values.shape, bool)
    gaps[:second, 0] = True
    torn = _made_up(assay.without(gaps))
    left_out = _made_up(assay.take(np.arange(second + 1)))
    poor = _made_up(assay.take(whole.bounds[:-1]))
    likely = {good.claim, *(other.name for other in good.not_excluded)}
    unlikely = next(name for name in world.model.sites.names if name not in likely)
    return {
        "plausible": world.lot(whole, good.claim),
        "implausible": world.lot(whole, unlikely),
        "unknown": world.lot(whole, "Nowhere"),
        "torn": world.lot(torn, good.claim),
        "left out": world.lot(left_out, good.claim),
        "poor": world.lot(poor, good.claim),
    }


def _made_up(assay):
    return SampleSet.from_tables(replace(assay, facts=assay.facts.assign(origin_of_data="made-up")))


def test_the_page_of_a_lot_speaks_of_no_single_sample(lots):
    found = set()
    for summary in lots.values():
        found |= {summary.verdict, *summary.reasons}
        text = str(Text(render_html(summary)))
        assert not re.search(r"\b[Tt]h(e|is) sample\b", text)
        assert "Sample sha256" not in text
        for reason in summary.reasons:
            assert SENTENCES["lot"][reason] in text
    assert {"plausible", "implausible", "inconclusive"} < found
    assert {Reason.ANALYTES_MISSING, Reason.ONE_GRAIN, Reason.LOT_SAMPLES_LEFT_OUT} < found


def test_the_page_of_a_lot_says_which_grains_it_rests_on(lots):
    summary = lots["left out"]
    n = summary.samples[0].n_grains
    assert (summary.n_judged, summary.n_grains) == (n, n + 1)
    text = str(Text(render_html(summary)))
    assert "judged by 1 sample that counts" in text
    assert f"Grains {n}; others are in samples that do not count" in text


def test_a_made_up_sample_of_a_lot_is_told_even_if_it_does_not_count(real):
    one = real.controls.take(np.arange(2))
    grains = one.assay.take(np.arange(one.bounds[1] + 1))
    facts = one.facts.reset_index().assign(origin_of_data=["", "made-up"])
    lot = SampleSet.from_tables(grains, sample_facts=facts.astype(object))
    summary = real.lot(lot, real.model.sites.names[0])
    assert not summary.samples[1].counted
    assert summary.made_up == ("sample",)
    assert "This lot was not measured" in str(Text(render_html(summary)))


def test_the_verdict_comes_first_in_words(summaries, pages):
    meanings = {
        "plausible": "are consistent with the declared origin",
        "implausible": "are not consistent with the declared origin",
        "inconclusive": "do not decide whether the sample is consistent with the declared origin",
    }
    for case, summary in summaries.items():
        text = str(Text(pages[case]))
        assert summary.verdict.capitalize() in text
        assert meanings[summary.verdict] in text
        first = text.index(summary.verdict.capitalize())
        assert first < text.index("Strength of evidence") < text.index("Model and policy")


def test_every_reason_is_a_sentence_on_the_page(summaries, pages):
    for case, summary in summaries.items():
        for reason in summary.reasons:
            assert SENTENCES[summary.unit][reason] in str(Text(pages[case]))


def test_nothing_that_is_not_a_number_is_shown(pages):
    for page in pages.values():
        assert not re.search(r"\b(nan|inf|null|undefined|None)\b", str(Text(page)))
        assert not re.search(r"[\"= ,]-?(nan|inf)\b", page)


def test_no_word_oversteps(pages):
    for page in pages.values():
        for word in FORBIDDEN:
            assert word not in page.lower()


def test_the_footer_and_the_statement_on_public_data_stand_on_every_page(pages):
    for page in pages.values():
        assert str(Text(page)).endswith(FOOTER)
        assert "No public coltan or wolframite data with mine labels" in str(Text(page))


def test_sites_not_excluded_are_under_no_suspicion(summaries, pages):
    summary = summaries["plausible"]
    assert summary.not_excluded
    text = str(Text(pages["plausible"]))
    assert "is no suspicion against a site" in text
    for other in summary.not_excluded:
        assert other.name in text


def test_many_sites_are_cut_with_their_number(summaries):
    summary = summaries["plausible"]
    many = tuple(replace(summary.not_excluded[0], name=f"Site-{i:02d}") for i in range(40))
    text = str(Text(render_html(replace(summary, not_excluded=many))))
    assert "40 other sites" in text
    assert "the first 15 are shown" in text
    assert "Site-14" in text
    assert "Site-15" not in text


def test_made_up_data_are_said_to_be_so(pages, real):
    for page in pages.values():
        assert "MADE-UP DATA" in str(Text(page))
        assert '@top-center { content: "MADE-UP DATA"' in page
    page = render_html(real.summary(*real.claims[0]))
    assert "made-up" not in str(Text(page)).lower()
    assert "@top-center" not in page


def test_the_same_summary_gives_the_same_bytes(summaries, world):
    summary = summaries["plausible"]
    again = world.summary(summary.sample, summary.claim)
    assert again == summary
    assert render_html(again) == render_html(summary)


def test_the_page_asks_for_nothing(pages):
    allowed = {"html", "head", "meta", "title", "style", "body"}
    for page in pages.values():
        rest = page
        for namespace in NAMESPACES:
            rest = rest.replace(namespace, "")
        assert "http" not in rest.replace("http-equiv", "")
        assert "//" not in re.sub(r"/\*.*?\*/", "", rest)
        assert not re.search(r"@import|url\((?!#)", rest)
        for tag, attributes in Text(page).tags:
            assert tag not in {"script", "link", "iframe", "object", "embed", "base", "form", "img"}
            assert not any(name.startswith("on") for name in attributes)
            assert not {"src", "action", "srcset"} & set(attributes)
            assert attributes.get("href", "#").startswith("#")
        assert allowed <= {tag for tag, _ in Text(page).tags}


def test_hostile_names_are_escaped_everywhere(world):
    claim = f"mine {HOSTILE}"
    hostile = world.renamed(world.claims[0][1], f"district {HOSTILE}", f"other {HOSTILE}")
    facts = hostile.controls.facts.rename(index={world.claims[0][0]: f"sample {HOSTILE}"})
    facts = facts.assign(laboratory=f"laboratory {HOSTILE}", session="\u202ereversed")
    samples = replace(hostile.controls, facts=facts)
    summary = hostile.summary(f"sample {HOSTILE}", world.claims[0][1], samples=samples)
    page = render_html(replace(summary, claim=claim))
    assert "<script" not in page
    assert "{{ 7 * 7 }}" in page
    text = str(Text(page))
    for name in ("mine", "district", "sample", "laboratory"):
        assert f"{name} {HOSTILE}" in text
    assert "other " + HOSTILE in text
    assert {tag for tag, _ in Text(page).tags} <= {
        tag for tag, _ in Text(render_html(summary)).tags
    }
    assert "<bdi>\u202ereversed</bdi>" in page


def test_ids_are_used_once(pages):
    for page in pages.values():
        ids = re.findall(r'\bid="([^"]*)"', page)
        assert len(ids) == len(set(ids))


def test_hashes_and_policy_can_be_checked(summaries, pages):
    summary, text = summaries["plausible"], html.unescape(pages["plausible"])
    for value in (summary.hashes.sample, summary.hashes.model, summary.hashes.library):
        assert len(value) == 64
        assert value in text
    assert "p ≤ 0.02" in text


def test_an_unknown_site_says_why_there_is_no_number(pages):
    text = str(Text(pages["unknown site"]))
    assert "no reference sample of the claimed site to compare with" in text
    assert "Nowhere (not in the library)" in text


def test_no_p_value_and_no_curves_are_said_in_words(world):
    few = world.model.true_scores
    true_scores = few.take(np.arange(few.scores.size) < 9)
    model = replace(world.model, true_scores=true_scores)
    text = str(Text(render_html(world.summary(*world.claims[0], model=model))))
    assert "A p-value is not available" in text
    summary = world.summary(*world.claims[0])
    without = replace(
        summary, panels_for=(), panels_against=(), panels_apart=(), drawn_others=(), shares=()
    )
    text = str(Text(render_html(without)))
    assert "There are no curves to compare." in text
    assert "What the evidence is made of" not in text


def test_a_sample_without_grains_excludes_nothing(pages):
    text = str(Text(pages["grainless"]))
    assert "no grain of the sample was measured" in text
    assert "Without a measured grain no site can be excluded." in text


def test_a_wide_interval_is_said_in_the_verdict(summaries):
    summary = summaries["plausible"]
    wide = replace(summary, strength=replace(summary.strength, log10_lr_low=-1.0))
    assert "reaches below what the policy asks for" in render_html(wide)
    sure = replace(summary, strength=replace(summary.strength, log10_lr_low=1.5))
    assert "reaches below what the policy asks for" not in render_html(sure)


def test_template_and_style_are_in_the_package():
    folder = files("fingerprint.report")
    assert (folder / "page.html.jinja").is_file()
    assert (folder / "page.css").is_file()
