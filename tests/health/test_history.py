"""Histories that were not written by the program."""

import json
import os

import pytest

from fingerprint.errors import InputError
from fingerprint.health import Entry, read_history
from fingerprint.health.history import history_path
from fingerprint.health.storing import fingerprint_of_files

ENTRY = json.loads(
    Entry(1, "2026-01-01", "A", "add", ("s",), ("S",), 3, "a", "b", (), "", "").line()
)


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "lib.csv"
    path.write_text("sample,Ta_ppm\nA,1\n")
    return path


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("samples", [1, 2]),
        ("samples", None),
        ("samples", "abc"),
        ("sites", {"a": 1}),
        ("findings", [None]),
        ("n_grains", "3"),
        ("n_grains", [3]),
        ("n_grains", -1),
        ("n_grains", True),
        ("number", 1.0),
        ("content_before", None),
        ("content_after", 5),
        ("at", 2026),
        ("by", "A\ud800"),
        ("findings", ["\udfff"]),
        ("more", "x"),
    ],
)
def test_an_entry_of_other_types_cannot_be_read(library, field, value):
    line = json.dumps(ENTRY | {field: value})
    history_path(library).write_text(line + "\n")
    assert read_history(library).broken == "entry 1 cannot be read"


@pytest.mark.parametrize("line", ["[" * 200_000, '{"a":' * 200_000, "[]", "null", "7", '"text"'])
def test_a_line_that_is_no_entry(library, line):
    history_path(library).write_text(line + "\n")
    assert read_history(library).broken == "entry 1 cannot be read"


def test_the_sound_entry_is_read(library):
    history_path(library).write_text(json.dumps(ENTRY) + "\n")
    history = read_history(library)
    assert history.broken == ""
    assert history.entries[0].samples == ("s",)


def linked(path):
    path.with_name("other").write_text("")
    path.symlink_to("other")


def dangling(path):
    path.symlink_to("nowhere")


def device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, linked, dangling, device])
@pytest.mark.parametrize("read", [read_history, fingerprint_of_files])
def test_what_is_no_regular_file_is_refused(library, make, read):
    make(history_path(library))
    with pytest.raises(InputError, match="the history is no regular file"):
        read(library)


def test_a_library_reached_through_a_link_has_one_history(library, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.csv"
    link.symlink_to(library)
    assert history_path(link) == history_path(library)
