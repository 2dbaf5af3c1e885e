"""The page on a file: complete, and inert whatever the file holds."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint.library import describe_file
from fingerprint.report.described_page import render_described
from fingerprint.report.visible import visible


@pytest.fixture
def page(tmp_path):
    def render(text, name="assay.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return render_described(describe_file(path))

    return render


HEADER = "sample,site,laboratory,Ta_ppm,Ta_lod\n"
SOUND = HEADER + "".join(f"A,X,L1,{i + 1},0.5\n" for i in range(12))


def test_a_sound_file_can_be_used(page):
    html = page(SOUND)
    assert "Can be used" in html
    assert "Problems" not in html
    assert "The first rows of the file" in html


def test_nothing_is_said_to_be_fine_above_what_is_worth_knowing(page):
    # Without a site the file is no library.
    html = page(SOUND.replace(",X,", ",,"))
    assert "Worth knowing" in html
    assert "Nothing in its cells" not in html


def test_a_file_at_fault_cannot(page):
    html = page(SOUND + "A,X,L1,x,0.5\nA,X,L1,y,0.5\n")
    assert "Cannot be used yet" in html
    assert "2 errors" in html
    assert "for this page only" in html
    for number in (1, 2):
        assert f'id="p{number}"' in html
        assert f'href="#p{number}"' in html


def test_every_link_has_its_target(page):
    html = page(SOUND + ",X,L1,x,0\nA,Z,L2,-1,\nA,X\nB,x,L2,1,1\n")
    targets = set(re.findall(r'\bid="([^"]+)"', html))
    links = set(re.findall(r'href="#([^"]+)"', html))
    assert links
    assert links <= targets
    assert len(re.findall(r'\bid="([^"]+)"', html)) == len(targets)


def test_made_up_data_are_called_so(page):
    text = "sample,origin_of_data,Ta_ppm\nA,made-up,x\nA,made-up,1\n"
    html = page(text)
    assert "<strong>MADE-UP DATA</strong>" in html
    assert '@top-center { content: "MADE-UP DATA"' in html
    assert "<title>Made-up data." in html
    assert "MADE-UP" not in page(SOUND)


def test_nothing_of_a_file_can_be_read(page):
    html = page("bag,Ta_ppm\nA,1\n")
    assert "Cannot be used yet" in html
    assert "How much was measured" not in html


def test_detection_limits_by_laboratory(page):
    html = page(SOUND + "B,Y,L2,3,2\nB,Y,L2,3,4\n")
    assert "<bdi>L2</bdi>" in html
    assert "(2.00 to 4.00)" in html


class Tags(HTMLParser):
    """Elements and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=HYPERLINK(1)",
    "\u202egnp.exe",
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
    "javascript:alert(1)",
    "\x1b[31mred",
    "a' onmouseover='x",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("where", ["name", "cell", "sample", "site", "laboratory"])
def test_hostile_contents_stay_inert(page, text, where):
    quoted = '"' + text.replace('"', '""') + '"'
    name = quoted if where == "name" else "note"
    cells = {w: quoted if w == where else w for w in ("sample", "site", "laboratory", "cell")}
    row = f"{cells['sample']},{cells['site']},{cells['laboratory']},{cells['cell']},5,n\n"
    html = page(f"sample,site,laboratory,Ta_ppm,Nb_ppm,{name}\n" + row + row.replace(",5,", ",x,"))
    tags = Tags()
    tags.feed(html)
    assert not tags.names & {"script", "img", "b onmouseover", "iframe", "object"}
    assert not any(name.startswith("on") for name in tags.attributes)
    assert not set(html) & {"\u202e", "\x1b"}
    assert "49" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL) or "7 * 7" in html
    assert 'href="javascript' not in html


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_what_is_shown_can_be_seen(text):
    shown = visible(text)
    assert not any(character in shown for character in "\n\r\t\x00\x1b\u202e\u200f\u2028")
    assert all(ord(c) >= 32 for c in shown)
