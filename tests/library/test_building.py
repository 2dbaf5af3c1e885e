"""Several files and tables in one recipe."""

import hashlib

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.library.datasets import build, load_recipe

FILES = {
    "assay.csv": "Bag,Mine,Ta\n1,X,5\n2,Y,7\n",
    "more/counts.csv": "Bag,q,z\n1,3,4\n",
    "more/shares.csv": "Bag,q,k\n2,5,6\n",
    "ages.csv": "1,2\n100,50\n,60\n",
    "errors.csv": "1,2\n1,2\n,3\n",
    "bags.csv": "Bag,Owner\n1,A\n2,B\n",
}
TABLES = """
[[tables]]
kind = "assay"
files = ["assay.csv"]
profile = { sample = "{Bag}", facts = { site = "Mine" }, analytes = [{ columns = ["Ta"] }] }

[[tables]]
kind = "mineralogy"
files = ["more/counts.csv"]
profile = { facts = { sample = "Bag" }, numbers = { quartz_count = "q", zircon_count = "z" } }

[[tables]]
kind = "mineralogy"
files = ["more/shares.csv"]
profile = { facts = { sample = "Bag" }, numbers = { quartz_count = "q", kyanite_count = "k" } }

[[tables]]
kind = "ages"
files = ["ages.csv"]
errors = "errors.csv"

[tables.profile]
layout = "column_a_sample"
facts = { sample = "sample" }
numbers = { age_ma = "value", age_2se = "beside" }

[[tables]]
kind = "samples"
files = ["bags.csv"]
profile = { facts = { sample = "Bag", owner = "Owner" } }
"""


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPRINT_DATASETS", str(tmp_path / "raw"))
    (tmp_path / "raw" / "many" / "more").mkdir(parents=True)

    def load(tables=TABLES, made=""):
        text = 'name = "many"\ntitle = "t"\nlicence = "CC0"\ncitation = "c"\n'
        for path, content in FILES.items():
            (tmp_path / "raw" / "many" / path).write_text(content)
            folder, _, name = path.rpartition("/")
            text += f'[[files]]\nname = "{name}"\nfolder = "{folder}"\n{made}'
            text += f'address = "https://localhost:9/{path}"\n'
            text += f'sha256 = "{hashlib.sha256(content.encode()).hexdigest()}"\n'
        (tmp_path / "many.toml").write_text(text + tables)
        return load_recipe(tmp_path / "many.toml")

    return load


def test_every_kind_of_table(recipe, tmp_path):
    samples = build(recipe(), tmp_path / "library")
    assert samples.fact("site").tolist() == ["X", "Y"]
    assert samples.fact("owner").tolist() == ["A", "B"]
    assert samples.mineralogy.minerals == ("quartz", "zircon", "kyanite")
    # What a file lacks was not looked for.
    np.testing.assert_array_equal(samples.mineralogy.abundances, [[3, 4, np.nan], [5, np.nan, 6]])
    assert samples.ages.samples.tolist() == ["1", "2", "2"]
    assert samples.ages.standard_errors_ma.tolist() == [0.5, 1, 1.5]
    assert samples.ages.minerals is None
    assert sorted(p.stem for p in (tmp_path / "library").iterdir()) == [
        "ages",
        "assay",
        "mineralogy",
        "samples",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('files = ["bags.csv"]', 'files = ["no.csv"]', "names the file 'no.csv', which is not"),
        ('errors = "errors.csv"', 'errors = "no.csv"', "names the file 'no.csv', which is not"),
        ('kind = "samples"', 'kind = "bags"', "kind: Input should be 'assay', 'mineralogy'"),
    ],
)
def test_faults_of_a_recipe(recipe, old, new, message):
    assert old in TABLES
    with pytest.raises(InputError) as raised:
        recipe(TABLES.replace(old, new))
    assert message in str(raised.value)


def test_counts_and_shares_do_not_go_together(recipe, tmp_path):
    tables = TABLES.replace('quartz_count = "q", k', 'quartz_pct = "q", k').replace(
        "kyanite_count", "kyanite_pct"
    )
    with pytest.raises(InputError, match="minerals in per cent and in counts"):
        build(recipe(tables), tmp_path / "library")


def test_an_unknown_shipped_profile(recipe, tmp_path):
    tables = '[[tables]]\nkind = "assay"\nfiles = ["assay.csv"]\nprofile = "nobody"\n'
    with pytest.raises(InputError, match="there is no profile 'nobody'"):
        build(recipe(tables), tmp_path / "library")


def test_a_file_that_is_not_published_as_it_is(recipe, tmp_path, monkeypatch):
    made = recipe(made='made = "written out by hand"\n')
    assert len(build(made, tmp_path / "library")) == 2
    monkeypatch.delenv("FINGERPRINT_DATASETS")
    with pytest.raises(InputError) as raised:
        build(made, tmp_path / "other")
    assert "cannot be downloaded as it is: written out by hand" in str(raised.value)
    assert "$FINGERPRINT_DATASETS/many/assay.csv" in str(raised.value)
