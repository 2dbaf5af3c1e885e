"""The page on a file in a real browser: marked cells are found, nothing runs or overflows."""

import pytest

from fingerprint.library import describe_file
from fingerprint.report.described_page import render_described

pytestmark = pytest.mark.browser

NAMES = [f"{element}_ppm" for element in ("Ta", "Nb", "Ti", "W", "Sn", "Zr", "Hf", "U", "Th", "Y")]


@pytest.fixture
def file(tmp_path):
    rows = [["A1", "North", *(str(i + j + 1) for j in range(10))] for i in range(40)]
    rows[12][7] = "<script>document.title='run'</script>"
    rows[30][11] = "-4"
    rows[35][2] = "\u202e5.1"
    header = ["sample", "site", *NAMES]
    text = "\n".join(",".join(row) for row in (header, *rows))
    (tmp_path / "assay.csv").write_text(text, encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(render_described(describe_file(tmp_path / "assay.csv")), encoding="utf-8")
    return page


@pytest.mark.parametrize("width", [1200, 400])
def test_the_marked_cell_is_found_from_the_list(browser, file, width):
    page = browser.new_page(viewport={"width": width, "height": 844})
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(file.as_uri())
    usable = page.locator("#usable").bounding_box()
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.locator("#p2 .place a").click()
    cell = page.locator("td:target")
    box, text, hint = cell.bounding_box(), cell.inner_text(), cell.get_attribute("title")
    sample = page.locator("tr:has(td:target) td.sample").bounding_box()
    title = page.title()
    page.close()
    assert usable["y"] + usable["height"] < 844
    assert overflow <= 0
    # The second problem is the negative value of row 32; its cell is in sight, beside its sample.
    assert "-4" in text
    assert "zero or negative" in hint
    assert 0 <= box["x"] < width - 20
    assert 0 <= box["y"] < 844
    assert 0 <= sample["x"] < box["x"]
    assert "run" not in title
    assert fetched == [file.as_uri()]


def test_marks_differ_by_more_than_colour(browser, file):
    page = browser.new_page()
    page.goto(file.as_uri())
    symbols = page.locator(".marks td.marked .symbol").all_inner_texts()
    page.close()
    assert symbols == ["✕"] * 3


def test_paper_holds_the_marked_cells(browser, file):
    page = browser.new_page(viewport={"width": 680, "height": 960})
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    width = page.evaluate("document.querySelector('.marks').getBoundingClientRect().right")
    shown = page.locator(".marks td.marked").evaluate_all("cells => cells.map(c => c.offsetWidth)")
    page.close()
    assert width <= 680
    assert all(shown)
