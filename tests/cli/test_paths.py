"""Paths that the system refuses give one message, in every command."""

import pytest

LONG = "x" * 300
COMMANDS = {
    "describe": ["describe", "P"],
    "page": ["describe", "T", "--html", "P.html"],
    "import": ["import", "P", "-o", "o.csv"],
    "output": ["import", "T", "-o", "P.csv"],
    "library check": ["library", "check", "P"],
    "library add": ["library", "add", "T", "--to", "P"],
    "history": ["library", "history", "P"],
    "train": ["train", "P", "-o", "m"],
    "model": ["train", "T", "-o", "P"],
    "evaluate": ["evaluate", "T", "-o", "P"],
    "simulate": ["simulate", "-o", "P"],
    "check": ["check", "T", "--claim", "X", "--model", "P"],
    "show": ["model", "show", "P"],
}


@pytest.fixture
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("sample,site,Ta_ppm\nA,X,1\nA,X,2\n")
    for ending in ("", ".html", ".csv"):
        (tmp_path / f"loop{ending}").symlink_to(f"loop{ending}")


def words_with(words, path):
    return [w.replace("P", path) if w.startswith("P") else "t.csv" if w == "T" else w
            for w in words]  # fmt: skip


# Where a loop as the output is met only after the library was read.
LATE = ("model", "evaluate")


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, LONG) for name in COMMANDS] + [(name, "loop") for name in COMMANDS if name not in LATE],
)
def test_one_message(run, there, name, path):
    outcome = run(*words_with(COMMANDS[name], path))
    assert outcome.status == 2
    errors = [line for line in outcome.err.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert path in errors[0]
    assert "Traceback" not in outcome.err


def test_a_folder_that_may_not_be_entered(run, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "closed/lib.csv")

    monkeypatch.setattr("fingerprint.library.describe_file", refuse)
    outcome = run("describe", "closed/lib.csv")
    assert (outcome.status, outcome.err) == (
        2,
        "Error: closed/lib.csv: the file cannot be used (Permission denied). Name another file.\n",
    )


@pytest.mark.parametrize("error", [OSError(28, "No space left"), RuntimeError("a fault")])
def test_other_errors_are_not_swallowed(run, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr("fingerprint.library.describe_file", fail)
    with pytest.raises(type(error), match=str(error.args[-1])):
        run("describe", "t.csv")
