"""Progress is for people who watch a terminal."""

import sys

from fingerprint.cli.progress import reading_bar


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
