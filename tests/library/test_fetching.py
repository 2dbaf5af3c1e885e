"""Downloads from a server on this machine that behaves as badly as servers do."""

import errno
import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest
from pydantic import ValidationError

from fingerprint.errors import InputError
from fingerprint.library import downloading
from fingerprint.library.datasets import recipes
from fingerprint.library.fetching import SourceFile, fetch_files
from library.bad_server import CONTENT, HALF, SHA256, start_server


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """Start a server that behaves in these ways, one a request."""
    for name in (
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("FINGERPRINT_DATASETS", raising=False)
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / "cache")
    running = []

    def start(*steps):
        server, thread = start_server(*steps)
        running.append((server, thread))
        return server.behaviour, at(server.server_port)

    yield start
    for server, thread in running:
        server.behaviour.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def at(port, sha256=SHA256):
    return SourceFile(name="raw.csv", address=f"http://127.0.0.1:{port}/raw.csv", sha256=sha256)


def fetch(file, progress=None):
    (path,) = fetch_files("tiny", [file], progress)
    return path


def failure(file):
    with pytest.raises(InputError) as raised:
        fetch(file)
    message = str(raised.value)
    assert "\n" not in message
    assert file.address in message
    assert "$FINGERPRINT_DATASETS/tiny/raw.csv" in message
    return message


@pytest.fixture
def cached(tmp_path):
    """Give the names of what is in the cache, and the size of each."""

    def names():
        return {p.name: p.stat().st_size for p in (tmp_path / "cache").rglob("*") if p.is_file()}

    return names


PART = f"raw.csv.{SHA256[:16]}.part"


@pytest.mark.parametrize("way", ["whole", "without_length", "chunked"])
def test_a_whole_file_is_kept_and_not_fetched_twice(serve, cached, way):
    behaviour, file = serve(way)
    steps = []
    path = fetch(file, lambda done, total: steps.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert cached() == {"raw.csv": len(CONTENT)}
    assert steps[-1] == (len(CONTENT), len(CONTENT) if way == "whole" else 0)
    assert steps == sorted(steps)
    assert fetch(file) == path
    assert behaviour.ranges == [None]


@pytest.mark.parametrize("way", ["truncated", "reset", "truncated_chunks"])
def test_what_was_cut_off_is_continued(serve, cached, way):
    behaviour, file = serve(way, "whole")
    message = failure(file)
    assert "the download was cut off" in message
    assert "the next try continues" in message
    # A connection that is reset may take with it what was not yet read.
    arrived = cached().get(PART, 0)
    assert f"{arrived:,} bytes arrived" in message
    assert set(cached()) <= {PART}
    assert fetch(file).read_bytes() == CONTENT
    assert behaviour.ranges == [None, f"bytes={arrived}-" if arrived else None]
    assert behaviour.sent[1] == len(CONTENT) - arrived
    assert set(cached()) == {"raw.csv"}


def test_every_byte_that_came_is_used(serve, cached):
    behaviour, file = serve("truncated", "whole")
    failure(file)
    assert cached() == {PART: HALF}
    fetch(file)
    assert behaviour.ranges == [None, f"bytes={HALF}-"]


@pytest.mark.parametrize("way", ["without_ranges", "another_range"])
def test_a_server_that_does_not_continue_starts_again(serve, way):
    _, file = serve("truncated", way)
    failure(file)
    assert fetch(file).read_bytes() == CONTENT


def test_more_bytes_than_the_server_has_are_thrown_away(serve, tmp_path):
    behaviour, file = serve("whole")
    (tmp_path / "cache" / "tiny").mkdir(parents=True)
    (tmp_path / "cache" / "tiny" / PART).write_bytes(CONTENT + b"more")
    assert fetch(file).read_bytes() == CONTENT
    assert behaviour.ranges == [f"bytes={len(CONTENT) + 4}-", None]


def test_another_version_is_not_continued(serve, cached):
    behaviour, file = serve("truncated", "another_file")
    failure(file)
    other = file.model_copy(update={"sha256": hashlib.sha256(b"not it at").hexdigest()})
    assert fetch(other).read_bytes() == b"not it at"
    assert behaviour.ranges == [None, None]
    assert set(cached()) == {PART, "raw.csv"}


def test_a_wrong_file_is_removed(serve, cached):
    _, file = serve("another_file")
    message = failure_of_hash(file)
    assert hashlib.sha256(b"not it at").hexdigest() in message
    assert "It was removed. Report it" in message
    assert cached() == {}


def failure_of_hash(file):
    with pytest.raises(InputError, match=f"sha256 expected {file.sha256}, got ") as raised:
        fetch(file)
    assert file.address in str(raised.value)
    return str(raised.value)


def test_a_file_cut_off_without_a_length_is_caught_by_its_hash(serve, cached):
    _, file = serve("truncated_without_length", "whole")
    assert "it may have been cut off" in failure_of_hash(file)
    assert cached() == {}
    assert fetch(file).read_bytes() == CONTENT


def test_two_pieces_that_do_not_fit_are_removed(serve, cached, tmp_path):
    behaviour, file = serve("whole")
    (tmp_path / "cache" / "tiny").mkdir(parents=True)
    (tmp_path / "cache" / "tiny" / PART).write_bytes(b"wrong")
    assert "two pieces. Try again" in failure_of_hash(file)
    assert cached() == {}
    assert fetch(file).read_bytes() == CONTENT
    assert behaviour.ranges == ["bytes=5-", None]


@pytest.mark.parametrize("way", ["silent", "trickle", "deaf"])
def test_a_server_that_sends_next_to_nothing_is_left(serve, cached, monkeypatch, way):
    monkeypatch.setattr(downloading.Downloader.__init__, "__defaults__", (None, 0.2))
    _, file = serve(way)
    since = time.monotonic()
    assert "sends nothing, or next to nothing, for 0.2 seconds" in failure(file)
    assert time.monotonic() - since < 5
    assert "raw.csv" not in cached()


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("missing", "no longer has the file (404"),
        ("failing", "does not give the file (500"),
        ("moved_to_a_file", "does not give the file (302"),
        ("moved_to_http", "sends on to http://localhost.invalid/raw.csv, which is not https"),
        ("moved_in_circles", "does not give the file (302"),
    ],
)
def test_answers_without_a_file(serve, cached, way, words):
    _, file = serve(way)
    assert words in failure(file)
    assert not cached()


def test_a_failing_server_does_not_cost_what_has_come(serve, cached):
    _, file = serve("truncated", "failing", "whole")
    failure(file)
    failure(file)
    assert cached() == {PART: HALF}
    assert fetch(file).read_bytes() == CONTENT


def test_a_redirect_is_followed(serve):
    behaviour, file = serve("moved", "whole")
    assert fetch(file).read_bytes() == CONTENT
    assert len(behaviour.ranges) == 2


def test_nobody_listens(serve, cached):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert "127.0.0.1 refuses the connection" in failure(at(taken.getsockname()[1]))
    assert not cached()


def test_a_proxy_may_be_at_fault(serve, cached, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        proxy = f"http://me:secret@127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", proxy)
        file = at(1).model_copy(update={"address": "https://data.example/raw.csv"})
        message = failure(file)
    assert "data.example (or the proxy) refuses the connection" in message
    assert "secret" not in message
    assert not cached()


def test_no_network(serve, cached, monkeypatch):
    def no_name(*arguments, **options):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_name)
    file = at(1).model_copy(update={"address": "https://data.example/raw.csv"})
    assert "the name data.example is not found: there is no network" in failure(file)
    assert not cached()


def test_a_full_disk(serve, cached, tmp_path):
    _, file = serve("whole")
    (tmp_path / "cache" / "tiny").mkdir(parents=True)
    (tmp_path / "cache" / "tiny" / PART).symlink_to("/dev/full")
    with pytest.raises(InputError, match=r"the disk is full\. Make room"):
        fetch(file)
    assert "raw.csv" not in cached()


@pytest.mark.parametrize("way", ["whole", "without_length", "chunked"])
def test_a_file_that_grows_without_end_is_removed(serve, cached, monkeypatch, way):
    monkeypatch.setattr(downloading, "_MOST_BYTES", HALF)
    _, file = serve(way)
    with pytest.raises(InputError, match="the server sends more than"):
        fetch(file)
    assert cached() == {}


def test_a_file_larger_than_the_disk_takes(serve, cached):
    _, file = serve("whole")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (HALF, before[1]))
    try:
        with pytest.raises(InputError, match=r"the disk is full\. Make room"):
            fetch(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "raw.csv" not in cached()


def test_a_folder_that_may_not_be_written(serve, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder belongs")
    with pytest.raises(InputError, match="the folder of downloads cannot be used") as raised:
        fetch(at(1))
    assert str(tmp_path / "cache") in str(raised.value)


def test_an_interrupted_download_leaves_only_its_part(serve, cached):
    _, file = serve("whole")

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(file, stop)
    assert set(cached()) == {PART}
    assert 0 < cached()[PART] < len(CONTENT)
    assert fetch(file).read_bytes() == CONTENT


FETCH = """
import sys, pooch
from pathlib import Path
pooch.os_cache = lambda name: Path(sys.argv[1])
from fingerprint.library.fetching import SourceFile, fetch_files
file = SourceFile(name="raw.csv", address=sys.argv[2], sha256=sys.argv[3])
print("ready", flush=True)
print(fetch_files("tiny", [file])[0])
"""


def start_fetching(tmp_path, file):
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, str(tmp_path / "cache"), file.address, file.sha256],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if k != "FINGERPRINT_DATASETS"},
    )


def test_two_processes_at_once_fetch_once(serve, cached, tmp_path):
    behaviour, file = serve("whole_in_a_while")
    both = [start_fetching(tmp_path, file) for _ in range(2)]
    for process in both:
        assert process.stdout.readline() == b"ready\n"
    behaviour.go.set()
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.decode().strip() == str(tmp_path / "cache" / "tiny" / "raw.csv")
    assert behaviour.ranges == [None]
    assert cached() == {"raw.csv": len(CONTENT)}


def test_a_killed_process_leaves_nothing_under_a_final_name(serve, cached, tmp_path):
    behaviour, file = serve("silent", "whole")
    process = start_fetching(tmp_path, file)
    while not behaviour.sent:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert "raw.csv" not in cached()
    assert fetch(file).read_bytes() == CONTENT


def test_addresses_are_https_or_this_machine():
    assert all(f.address.startswith("https://") for r in recipes() for f in r.files)
    for address in ("http://example.org/a", "file:///etc/passwd", "http://127.0.0.1.evil.org/a"):
        with pytest.raises(ValidationError):
            SourceFile(name="a", address=address, sha256=SHA256)


def test_errors_of_the_disk_name_the_folder(tmp_path):
    downloader = downloading.Downloader(tmp_path / "none" / "a.part")
    with pytest.raises(InputError, match="cannot be written") as raised:
        downloader("http://127.0.0.1:9/a", str(tmp_path / "a"), None)
    assert raised.value.file == tmp_path / "none"
    assert os.strerror(errno.ENOENT) in str(raised.value)
