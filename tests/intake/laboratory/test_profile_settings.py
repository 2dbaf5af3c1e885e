"""What each setting of a profile does to the cells of a small export."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import Profile, import_files

NAN = np.nan


@pytest.fixture
def read(tmp_path):
    def read_with(text, **settings):
        path = tmp_path / "export.csv"
        path.write_text(text)
        return import_files([path], Profile.model_validate({"facts": {"sample": "s"}} | settings))

    return read_with


def ta(**more):
    return [{"columns": ["Ta"], "limit": ["DL"], "error": ["E"], "error_is": "2se"} | more]


def test_a_negative_value_is_below_its_limit(read):
    assay = read("s,Ta,DL\nA,-1,0.5\n", analytes=ta())
    assert (assay.values[0, 0], assay.censored[0, 0]) == (0.5, True)


@pytest.mark.parametrize(
    ("cells", "limit"),
    [
        # 3 standard errors of 1 (two of which the file gives) are more than the size ...
        ("-2,,2", 3.0),
        # ... or less, or not known; a known limit goes before.
        ("-5,,2", 5.0),
        ("-5,,", 5.0),
        ("-5,0.5,2", 0.5),
        ('"-1.5e3",,2', 1500.0),
    ],
)
def test_a_negative_value_is_below_its_size(read, cells, limit):
    assay = read(f"s,Ta,DL,E\nA,{cells}\n", analytes=ta(), negative="below_its_size")
    assert assay.censored[0, 0]
    assert assay.values[0, 0] == assay.limits[0, 0] == limit


def test_below_its_size_with_decimal_commas_and_a_factor(read):
    assay = read("s;Ta;E\nA;-2,5;0,5\nA;3,5;1\n", analytes=ta(factor=2), negative="below_its_size")
    assert assay.values[:, 0].tolist() == [5.0, 7.0]
    assert assay.censored[:, 0].tolist() == [True, False]


def test_a_negative_value_is_not_measured(read):
    assay = read("s,Ta,DL\nA,-1,0.5\nA,2,0.5\n", analytes=ta(), negative="not_measured")
    np.testing.assert_array_equal(assay.values[:, 0], [NAN, 2])


@pytest.mark.parametrize("cell", ["bdl", "0", "-1", "0.0"])
def test_below_detection_without_a_limit(read, cell):
    text = f"s,Ta,DL\nA,{cell},\nA,2,0.5\n"
    with pytest.raises(InputError, match="row 2, column Ta"):
        read(text, analytes=ta())
    assay = read(text, analytes=ta(), without_limit="not_measured")
    np.testing.assert_array_equal(assay.values[:, 0], [NAN, 2])
    assert not assay.censored.any()


def test_a_cell_with_its_own_limit_needs_no_other(read):
    assay = read("s,Ta\nA,<0.3\n", analytes=ta(), without_limit="not_measured")
    assert assay.censored[0, 0]


def test_more_than_the_whole_mass(read):
    text = "s,Ta,DL\nA,2000000,0.5\nA,5,3000000\nA,7,1\n"
    with pytest.raises(InputError, match="more than the whole mass"):
        read(text, analytes=ta())
    assay = read(text, analytes=ta(), impossible="not_measured")
    np.testing.assert_array_equal(assay.values[:, 0], [NAN, NAN, 7])
    # A tenth of it is possible; in per cent 5 is not much, and 200 too much.
    tenth = read("s,Ta\nA,2000000\n", analytes=ta(factor=0.1), impossible="not_measured")
    assert tenth.values[0, 0] == 200_000
    percent = read("s,Ta\nA,200\nA,5\n", analytes=ta(unit="wt%"), impossible="not_measured")
    np.testing.assert_array_equal(percent.values[:, 0], [NAN, 50_000])


@pytest.mark.parametrize("cell", ["-1.91E+06", "<1910000", "< 1910000"])
def test_below_more_than_the_whole_mass(read, cell):
    settings = {"analytes": ta(), "negative": "below_its_size"}
    text = f"s,Ta,DL\nA,{cell},\nA,-5,\n"
    with pytest.raises(InputError, match="more than the whole mass"):
        read(text, **settings)
    assay = read(text, impossible="not_measured", **settings)
    np.testing.assert_array_equal(assay.values[:, 0], [NAN, 5])
    assert assay.censored[:, 0].tolist() == [False, True]


def test_limits_and_errors_that_say_nothing(read):
    text = "s,Ta,DL,E\nA,5,<0.00000,bdl\nA,6,0,<2\nA,7,0.5,1\n"
    with pytest.raises(InputError, match="a positive number belongs here"):
        read(text, analytes=ta())
    assay = read(text, analytes=ta(), not_known=[r"<?0\.?0*", "bdl", "<.*"])
    np.testing.assert_array_equal(assay.limits[:, 0], [NAN, NAN, 0.5])
    np.testing.assert_array_equal(assay.standard_errors[:, 0], [NAN, NAN, 0.5])
    assert assay.values[:, 0].tolist() == [5, 6, 7]


def test_the_first_template_that_the_file_has(read):
    groups = ta(limit=["{column}_MDL", "{analyte} limit", "DL"])
    assert read("s,Ta,DL\nA,5,0.5\n", analytes=groups).limits[0, 0] == 0.5
    assert read("s,Ta,DL,Ta_MDL\nA,5,0.5,0.4\n", analytes=groups).limits[0, 0] == 0.4


def test_single_analytes_whose_limit_is_named_otherwise(read):
    groups = [
        {
            "pattern": r"(?P<element>[A-Z][a-z]?)_m(?P<mass>\d+)",
            "limit": ["{column}_LOD"],
            "limits": {"Hf179": "Hf_m178_LOD"},
            "errors": {"Hf179": "Hf178_ERR"},
        }
    ]
    assay = read(
        "s,Hf_m179,Ta_m181,Ta_m181_LOD,Hf_m178_LOD,Hf178_ERR\nA,5,6,0.6,0.5,2\n", analytes=groups
    )
    assert assay.limits.tolist() == [[0.5, 0.6]]
    np.testing.assert_array_equal(assay.standard_errors, [[2, NAN]])


def test_factors_of_their_own(read):
    groups = [{"columns": ["Ta"], "factor": 2}, {"columns": ["Nb"], "unit": "ppb"}]
    assert read("s,Ta,Nb\nA,5,5\n", analytes=groups).values.tolist() == [[10, 0.005]]


def test_a_factor_leaves_ratios_as_they_are(read):
    groups = [{"names": {"r": "Th/U"}, "unit": "ratio", "factor": 2}]
    assert read("s,r\nA,5\n", analytes=groups).values.tolist() == [[5]]


def test_two_isotopes_of_one_element(read):
    groups = [{"pattern": r"(?P<element>Ga)(?P<mass>\d+)"}]
    with pytest.raises(InputError, match="two columns for one analyte, Ga"):
        read("s,Ga69,Ga71\nA,1,2\n", analytes=groups)
    kept = read("s,Ga69,Ga71\nA,1,2\n", analytes=[groups[0] | {"second_isotope": "dropped"}])
    assert [a.column for a in kept.analytes] == ["Ga69_ppm"]
    chosen = read("s,Ga69,Ga71\nA,1,2\n", analytes=[groups[0] | {"leave_out": {"Ga69": "noisy"}}])
    assert [a.column for a in chosen.analytes] == ["Ga71_ppm"]


def test_a_fact_is_part_of_a_text(read):
    assay = read(
        "label,other,Ta\nA-12,x,1\n,B-3,2\nno number,,3\n",
        facts={"grain": "label"},
        parts={"sample": {"column": ["label", "other"], "pattern": r"^(\w+)-\d+$"}},
        analytes=ta(),
    )
    assert assay.fact("sample").tolist() == ["A", "B", "no number"]
    assert assay.fact("grain").tolist() == ["A-12", "", "no number"]


def test_a_fact_of_several_columns(read):
    assay = read(
        "s,a,b,Ta\n1,x,y,1\n2,,y,2\n3,,,3\n",
        joined={"site": {"columns": ["a", "b"], "with": " of "}},
        constants={"lab": "L"},
        analytes=ta(),
    )
    assert assay.fact("site").tolist() == ["x of y", "y", ""]
    both = read(
        "s,a,Ta\n1,x,1\n",
        facts={},
        constants={"lab": "L"},
        joined={"sample": {"columns": ["lab", "a", "s"]}},
        analytes=ta(),
    )
    assert both.fact("sample").tolist() == ["L/x/1"]


def test_columns_by_their_place(read):
    assay = read(",kind,Ta\nspot 1,A,1\n", facts={"sample": "kind", "grain": "#1"}, analytes=ta())
    assert assay.fact("grain").tolist() == ["spot 1"]
    with pytest.raises(InputError, match="there is no column '#9'"):
        read(",kind,Ta\nspot 1,A,1\n", facts={"sample": "#9"}, analytes=ta())


def test_rows_left_out_by_a_pattern(read):
    assay = read(
        "s,kind,Ta\nA,mean,1\nA,std,high\nB,mean of 2,3\n",
        drop=[{"column": "kind", "pattern": "std|sd", "why": "no mean"}],
        analytes=ta(),
    )
    assert assay.values[:, 0].tolist() == [1, 3]


def test_reference_materials(read):
    assay = read(
        "s,a,Ta\nNIST 610 - 1,,1\nA,srm612,2\nB,x,3\n",
        reference_materials={
            "column": ["s", "a", "not there"],
            "patterns": {"NIST 610": "610", "NIST 612": "(?i)SRM612"},
        },
        analytes=ta(),
    )
    assert assay.fact("role").tolist() == ["reference_material", "reference_material", ""]
    assert assay.fact("material").tolist() == ["NIST 610", "NIST 612", ""]


def test_facts_whose_columns_may_be_missing(read):
    settings = {"facts": {"sample": "s", "site": ["Mine", "Pit"]}, "analytes": ta()}
    assert read("s,Pit,Ta\nA,X,1\n", **settings).fact("site").tolist() == ["X"]
    with pytest.raises(InputError, match="there is no column 'Mine'"):
        read("s,Ta\nA,1\n", **settings)
    assert "site" not in read("s,Ta\nA,1\n", optional=["site"], **settings).facts


def test_an_element_that_no_table_has_is_left_out(read):
    groups = [{"pattern": r"(?P<element>[A-Z][a-z]?)(?P<mass>\d+)"}]
    assert read("s,Ta181,Pu238\nA,1,high\n", analytes=groups).keys == ("Ta",)
    with pytest.raises(InputError, match="'Pu238' is not an element"):
        read("s,Ta181,Pu238\nA,1,2\n", analytes=[{"columns": ["Ta181", "Pu238"]}])


def test_a_sheet_of_a_workbook(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["s", "Ta"])
    book.active.append(["A", 1])
    sheet = book.create_sheet("second")
    sheet.append(["s", "Ta"])
    sheet.append(["A", 2])
    book.save(tmp_path / "a.xlsx")

    def read_sheet(name):
        profile = {"facts": {"sample": "s"}, "sheet": name, "analytes": [{"columns": ["Ta"]}]}
        return import_files([tmp_path / "a.xlsx"], Profile.model_validate(profile))

    assert read_sheet("second").values.tolist() == [[2]]
    assert read_sheet("").values.tolist() == [[1]]
    with pytest.raises(InputError, match=r"no sheet 'third'\. The workbook has Sheet, second"):
        read_sheet("third")


@pytest.mark.parametrize("name", ["export.txt", "export.tsv", "EXPORT.TXT"])
def test_delimited_text(tmp_path, name):
    (tmp_path / name).write_text("s\tTa\nA\t1\n")
    profile = {"facts": {"sample": "s"}, "analytes": [{"columns": ["Ta"]}]}
    assay = import_files([tmp_path / name], Profile.model_validate(profile))
    assert assay.values.tolist() == [[1]]


def test_rows_are_counted_across_blocks(read):
    # The file is read in blocks of a megabyte.
    rows = 60_000
    text = "s,kind,Ta\n" + "A sample with a long name,std,1\nB sample,mean,2\n" * (rows // 2)
    with pytest.raises(InputError, match=f"row {rows + 3}, column Ta: 'high'"):
        read(
            text + "A,std,1\nA,mean,high\n",
            drop=[{"column": "kind", "pattern": "std", "why": "no mean"}],
            analytes=ta(),
        )


@pytest.mark.parametrize("joined", [{}, {"sample": {"columns": ["Site", "Bag"]}}])
def test_a_standard_without_a_sample_is_called_by_its_material(read, joined):
    settings = {
        "facts": {"site": "Site"},
        "sample": "{site}/{Bag}",
        "joined": joined,
        "reference_materials": {"column": "Spot", "patterns": {"NIST 610": "(?i)nist"}},
        "analytes": ta(),
    }
    text = "Spot,Site,Bag,Ta\nnist_1,,,450\n1,Alpha,B1,5\n"
    assay = read(text, **settings)
    assert assay.fact("sample").tolist() == ["NIST 610", "Alpha/B1"]
    assert assay.fact("role").tolist() == ["reference_material", ""]
    with pytest.raises(InputError, match="the sample is blank"):
        read(text.replace("nist_1", "2"), **settings)
