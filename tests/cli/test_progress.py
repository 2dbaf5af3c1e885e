"""Progress is for people who watch a terminal."""

import sys

from fingerprint.cli.progress import reading_bar, reading_then_steps


def test_no_bar_where_nobody_watches():
    with reading_bar() as progress:
        assert progress is None


def test_a_bar_on_a_terminal_for_a_big_file(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with reading_bar("Reading it") as progress:
        progress(50_000_000, 100_000_000)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Reading it" in err


def test_no_bar_for_a_small_file(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with reading_bar("Reading it") as progress:
        progress(1_000, 2_000)
    assert "Reading it" not in capsys.readouterr().err


def test_the_bar_of_reading_gives_way_to_the_steps(monkeypatch, capsys):
    """Two of them at once would write over each other."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with reading_then_steps() as (progress, step):
        progress(50_000_000, 100_000_000)
        step("Comparing sites")
        step("Writing")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.index("Reading") < err.index("Writing")
    assert "Reading" not in err[err.rindex("Writing") :]
