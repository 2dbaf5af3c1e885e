"""Files with a title above the header, or with names that are not quite those of the format."""

import openpyxl
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import open_recognised
from fingerprint.library import describe_file
from fingerprint.report.described_page import render_described

# File, the row of its header, and what each name of it must become.
SLOPPY = {
    "title and units": (
        "Laboratory A;;;;\nSample;Site;Ta (ppm);Ti (wt%);Remark\n;;ppm;wt%;\nA;X;12,5;0,1;\n",
        2,
        {"Sample": "sample", "Site": "site", "Ta (ppm)": "Ta_ppm", "Ti (wt%)": "Ti_wt%"},
    ),
    "title of one cell": (
        "Laboratory A\n\nSample Name,Ta [ug/g],Nb ppm\nA,1,2\n",
        3,
        {"Sample Name": "sample", "Ta [ug/g]": "Ta_ppm", "Nb ppm": "Nb_ppm"},
    ),
    "capitals": (
        "Sample,Site,Ta (ppm)\nA,X,1\n",
        1,
        {"Sample": "sample", "Site": "site", "Ta (ppm)": "Ta_ppm"},
    ),
    "analytes only": ("sample,site,Ta (ppm)\nA,X,1\n", 1, {"Ta (ppm)": "Ta_ppm"}),
    "title above a sound header": ("Laboratory A,,\nsample,site,Ta_ppm\nA,X,1\n", 2, {}),
}


def saved(text, tmp_path, extension):
    path = tmp_path / f"assay.{extension}"
    if extension == "csv":
        path.write_text(text, encoding="utf-8")
        return path
    book = openpyxl.Workbook()
    for row in text.splitlines():
        book.active.append([cell or None for cell in row.replace(";", "\t").split("\t")])
    book.save(path)
    return path


@pytest.mark.parametrize("kind", SLOPPY)
def test_the_header_is_found_and_each_name_has_its_remedy(kind, tmp_path):
    text, row, names = SLOPPY[kind]
    found = describe_file(saved(text, tmp_path, "csv"))
    listed = {p.column: (p.row, p.remedy) for p in found.problems if p.column in names}
    assert listed == {name: (row, f"Rename {name} to {right}.") for name, right in names.items()}
    above = [p.row for p in found.problems if p.remedy == "Delete the rows above it."]
    assert above == ([row] if row > 1 else [])
    # It is read as if all had been done.
    assert found.description.n_samples == 1
    assert "Ta_ppm" in [analyte.column for analyte in found.description.analytes]


def test_a_workbook_is_read_so_too(tmp_path):
    text, _, names = SLOPPY["title and units"]
    found = describe_file(saved(text.replace(",", "."), tmp_path, "xlsx"))
    assert {p.column for p in found.problems} >= set(names)
    assert [p.row for p in found.problems if "units" in p.what] == [3]
    assert found.description.n_grains == 1


def test_the_page_shows_the_first_rows_with_the_names_marked(tmp_path):
    page = render_described(describe_file(saved(SLOPPY["capitals"][0], tmp_path, "csv")))
    assert "Rename Ta (ppm) to Ta_ppm." in page
    for name in SLOPPY["capitals"][2]:
        assert f"{name}</bdi>" in page


def test_other_commands_say_the_first_fault_and_where_the_rest_is(tmp_path):
    path = saved(SLOPPY["title and units"][0], tmp_path, "csv")
    with pytest.raises(InputError, match="row 2: this row looks like the header") as raised:
        open_recognised(path)
    assert raised.value.remedy == (
        f"Delete the rows above it. All else: fingerprint describe {path}."
    )


def test_two_names_for_one_column_are_not_both_renamed(tmp_path):
    found = describe_file(saved("Sample,SAMPLE,Ta (ppm),Ta ppm\nA,A,1,2\n", tmp_path, "csv"))
    renamed = [p.column for p in found.problems if p.remedy.startswith("Rename")]
    assert renamed == ["Sample", "Ta (ppm)"]


def test_a_file_of_another_kind_shows_its_first_rows(tmp_path):
    text = "Sample Name,Analyte,amount\nA,Ta,12\nA,Nb,3\n"
    found = describe_file(saved(text, tmp_path, "csv"))
    assert {p.what for p in found.problems} > {"there is no column 'sample'", "there is no analyte"}
    assert found.excerpts[0].rows[0] == (2, ("A", "Ta", "12"))
