"""What lies in a library's folder, and what goes wrong while it is written."""

import os

import numpy as np
import pytest

from builders import gaussian
from fingerprint.errors import InputError
from fingerprint.health import add_samples
from fingerprint.intake import read_samples, write_samples


@pytest.fixture
def files(tmp_path):
    whole = gaussian(6, 4, 8, between=1.0, seed=2).samples
    last = np.array([name.endswith("-03") for name in whole.ids])
    write_samples(whole.take(~last), tmp_path / "lib", ".csv")
    write_samples(whole.take(~last), tmp_path / "lib.csv")
    write_samples(whole.take(last), tmp_path / "more.csv")
    return tmp_path


@pytest.mark.parametrize("name", ["lib", "lib.csv"])
def test_a_full_disk_names_the_library(files, monkeypatch, name):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = sorted(files.rglob("*"))
    monkeypatch.setattr("fingerprint.intake.writing.tables._write_csv", full)
    with pytest.raises(InputError) as caught:
        add_samples(files / name, files / "more.csv", by="me", reason="to see")
    assert str(caught.value).startswith(
        f"{files / name}: the library cannot be written (No space left on device). "
    )
    assert sorted(files.rglob("*")) == before


def test_links_stay_links(files):
    lib = files / "lib"
    (lib / ".#assay.csv").symlink_to("nobody@nowhere.1234")
    (files / "other").mkdir()
    (lib / "other").symlink_to("../other")
    (lib / "notes").mkdir()
    (lib / "notes" / "a.txt").write_text("a note")
    (lib / "notes" / "gone").symlink_to("nothing")
    n = len(read_samples(lib))
    add_samples(lib, files / "more.csv", by="me", reason="to see")
    assert len(read_samples(lib)) == n + 6
    assert os.readlink(lib / ".#assay.csv") == "nobody@nowhere.1234"
    assert os.readlink(lib / "other") == "../other"
    assert os.readlink(lib / "notes" / "gone") == "nothing"
    assert (lib / "notes" / "a.txt").read_text() == "a note"


def test_a_pipe_is_named(files):
    os.mkfifo(files / "lib" / "pipe")
    with pytest.raises(InputError, match=r"lib/pipe: a pipe, socket or device"):
        add_samples(files / "lib", files / "more.csv", by="me", reason="to see")
    assert (files / "lib" / "pipe").exists()
