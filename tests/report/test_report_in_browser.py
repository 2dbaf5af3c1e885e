"""The page in a real browser: nothing is fetched, nothing overflows, the verdict is in sight."""

import pytest

from fingerprint.report import render_html

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("case", ["plausible", "implausible", "unknown site", "one grain"])
def test_page_stands_alone_and_fits(browser, summaries, tmp_path, width, case):
    file = tmp_path / "report.html"
    file.write_text(render_html(summaries[case]), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 844})
    fetched, complaints = [], []

    def stop(route):
        if route.request.url == file.as_uri():
            route.continue_()
        else:
            fetched.append(route.request.url)
            route.abort()

    page.route("**/*", stop)
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    box = page.locator("#verdict").bounding_box()
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('svg text')]"
        ".map(t => t.getBoundingClientRect().height).filter(h => h > 0), 99)"
    )
    page.close()
    assert fetched == []
    assert complaints == []
    assert overflow <= 0
    assert box is not None
    assert box["y"] + box["height"] < 844
    assert smallest >= 9
