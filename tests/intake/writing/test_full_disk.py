"""A disk that is full gives one message and leaves nothing behind."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import fingerprint

TABLE = "sample,site,Ta_ppm\n" + "".join(f"A{i},X,{i + 1}.5\n" for i in range(400))


@pytest.mark.parametrize("output", ["w.xlsx", "w.csv"])
def test_one_message(tmp_path, output):
    (tmp_path / "lib.csv").write_text(TABLE, encoding="utf-8")
    command = shlex.join(
        [sys.executable, "-m", "fingerprint.cli.main", "import", "lib.csv", "-o", output]
    )
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 2; {command}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(fingerprint.__file__).parents[1])},
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {output}: the file cannot be written (File too large)")
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["lib.csv"]
