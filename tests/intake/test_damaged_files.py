"""Whatever bytes a file holds, reading it gives a table or one error for the user."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint.errors import InputError
from fingerprint.intake import read_assay, read_samples, write_assay

TABLE = (
    "sample,site,note,Ta_ppm,Ta_lod,FeO_wt%,FeO_2se\n"
    'A,X,"a, ""b""",1,0.5,<0.05,\n'
    "A,X,é,bdl,0.5,1,0.1\n"
    "B,Y,,2.5,,3,\n"
)
PIECES = [
    b",",
    b";",
    b"\t",
    b'"',
    b"\n",
    b"\r",
    b"<",
    b"bdl",
    b"nan",
    b"-",
    b"0",
    b"1e999",
    b"\xff",
]
PIECES += [b"\0", b"", b"sample", b"_lod", b"Ta_ppm", b"\xef\xbb\xbf", b"1,5"]


@cache
def sound_file(extension: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sound.csv"
        path.write_text(TABLE, encoding="utf-8")
        if extension != "csv":
            assay = read_assay(path)
            path = path.with_suffix(f".{extension}")
            write_assay(assay, path)
        return path.read_bytes()


@st.composite
def damaged(draw, content):
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 8))
        content = content[:start] + draw(st.sampled_from(PIECES)) + content[start + length :]
    return content if draw(st.integers(0, 3)) else content[: len(content) // 2]


@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet"])
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_only_errors_that_the_user_can_mend(extension, data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"damaged.{extension}"
        path.write_bytes(data.draw(damaged(sound_file(extension))))
        message, grains = "", 0
        try:
            grains = read_samples(path).assay.n_grains
        except InputError as error:
            message = str(error)
        assert grains or str(path) in message
        assert "\n" not in message
