"""Several files to one table."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import import_files


def written(tmp_path, **texts):
    paths = []
    for name, text in texts.items():
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text(text)
    return paths


def test_analytes_and_facts_are_united(tmp_path):
    paths = written(
        tmp_path,
        one="sample,site,Ta_ppm,Nb_ppm,Nb_2se\nA,X,1,<0.5,\nB,Y,2,4,1\n",
        two="sample,lot,Nb_ppm,Ti49_ppm\nA,L1,5,6\n",
    )
    assay = import_files(paths)
    assert assay.keys == ("Ta", "Nb", "Ti")
    nan = np.nan
    np.testing.assert_array_equal(assay.values, [[1, 0.5, nan], [2, 4, nan], [nan, 5, 6]])
    assert assay.censored.tolist() == [[False, True, False], [False] * 3, [False] * 3]
    np.testing.assert_array_equal(assay.limits[0], [nan, 0.5, nan])
    np.testing.assert_array_equal(assay.standard_errors[:, 1], [nan, 0.5, nan])
    assert assay.fact("site").tolist() == ["X", "Y", ""]
    assert assay.fact("lot").tolist() == ["", "", "L1"]


def test_a_sample_with_two_sites_in_two_files(tmp_path):
    paths = written(
        tmp_path,
        one="sample,site,Ta_ppm\nA,X,1\nB,Y,2\n",
        two="sample,site,Ta_ppm\nC,Z,1\nB,X,2\n",
    )
    with pytest.raises(InputError) as raised:
        import_files(paths)
    assert "two.csv, row 3, column site: the sample 'B' has two sites, 'Y' and 'X'" in str(
        raised.value
    )
    assert f"(the first in {paths[0]})" in str(raised.value)


def test_a_sample_with_two_districts_in_one_file(tmp_path):
    paths = written(tmp_path, one="sample,district,Ta_ppm\nA,X,1\nB,Y,2\nA,Y,2\n")
    with pytest.raises(InputError, match="row 4, column district: the sample 'A' has two district"):
        import_files(paths)


def test_a_fault_in_the_second_file_is_placed_there(tmp_path):
    paths = written(tmp_path, one="sample,Ta_ppm\nA,1\n", two="sample,Ta_ppm\nA,x\n")
    with pytest.raises(InputError, match=r"two\.csv, row 2, column Ta_ppm"):
        import_files(paths)


def test_an_analyte_measured_on_two_isotopes_names_none(tmp_path):
    paths = written(
        tmp_path,
        one="sample,Hf178_ppm,Ti49_ppm,Ta_ppm\nA,1,2,3\n",
        two="sample,Hf179_ppm,Ti49_ppm,Ta181_ppm\nB,4,5,6\n",
    )
    for order in (paths, paths[::-1]):
        columns = [a.column for a in import_files(order).analytes]
        assert columns == ["Hf_ppm", "Ti49_ppm", "Ta_ppm"]
