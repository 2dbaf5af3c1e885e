"""The five files of `cassiterite_laicpms`, trap by trap; cells were looked up in the files."""

import csv
import re

import numpy as np
import pytest

from fingerprint.intake import import_files, open_recognised
from fingerprint.intake.laboratory.profiles import shipped_profiles
from fingerprint.library import read_library
from fingerprint.library.datasets import build, recipe

pytestmark = pytest.mark.real_data

ROWS = {"BT": 288, "JB": 220, "LKL_full": 68, "TK": 49, "JCU": 18}
SITES = {
    "Bamboo Creek", "Beechworth", "Blue Tier", "Borgamba", "Buriti Mine", "Forsayth", "Greenbushes",
    "Hang Gong", "Hayes Creek", "Moolyella", "Mount Francisco", "Mt Bischoff", "Pedra Branca",
    "Renison", "Saltwater Creek", "Sifleetes Reward", "Storey's Creek", "Tin Shafts, Poona",
    "Trident", "White Lode, Poona",
}  # fmt: skip


class File:
    """One file as it is, and as it is read."""

    def __init__(self, folder, name):
        path = folder / "cassiterite_laicpms" / f"laser_{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.rows = rows
        self.raw = {row["SPOT_ID"].strip(): row for row in rows}
        self.assay = import_files([path], f"cassiterite_{name.removesuffix('_full').lower()}")
        self.grain = {name: i for i, name in enumerate(self.assay.fact("grain"))}
        self.analyte = {a.label: j for j, a in enumerate(self.assay.analytes)}

    def at(self, spot, label):
        i, j = self.grain[spot], self.analyte[label]
        a = self.assay
        return a.values[i, j], a.limits[i, j], a.standard_errors[i, j], bool(a.censored[i, j])


@pytest.fixture(scope="module")
def files(datasets_folder):
    return {name: File(datasets_folder, name) for name in ROWS}


@pytest.fixture(scope="module")
def library(datasets_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cassiterite") / "library"
    build(recipe("cassiterite_laicpms"), folder)
    return read_library(folder)


def test_counts(files, library):
    assert {name: file.assay.n_grains for name, file in files.items()} == ROWS
    assert set(library.sites) == SITES
    assert (len(library), library.samples.assay.n_grains) == (26, 643)
    laboratories = library.samples.assay.fact("laboratory")
    assert {n: int((laboratories == n).sum()) for n in ("BT", "JB", "LKL", "TK", "JCU")} == {
        name.removesuffix("_full"): n for name, n in ROWS.items()
    }
    assert set(library.samples.assay.fact("mineral")) == {"cassiterite"}


def test_names_are_those_of_the_microprobe_data(library, datasets_folder, tmp_path):
    probe = build(recipe("cassiterite_epma"), tmp_path / "probe")
    shared = set(probe.fact("site")) & set(library.sites)
    assert {"Mt Bischoff", "Sifleetes Reward", "White Lode, Poona", "Renison"} <= shared
    assert len(shared) == 13


def test_the_factor_of_jb_is_on_values_limits_and_errors(files):
    jb = files["JB"]
    raw = jb.raw["Bamboo_1"]
    assert (raw["Al_ppm_m27"], raw["Al_ppm_m27_LOD"], raw["Al_ppm_m27_Int2SE"]) == (
        "405",
        "9.6",
        "18",
    )
    value, limit, error, censored = jb.at("Bamboo_1", "Al27")
    assert value == pytest.approx(405 * 0.1499)
    assert limit == pytest.approx(9.6 * 0.1499)
    assert error == pytest.approx(18 / 2 * 0.1499)
    assert not censored
    # A cell below detection has the limit, multiplied.
    assert raw["Li_ppm_m7"] == "Below LOD"
    value, limit, error, censored = jb.at("Bamboo_1", "Li7")
    assert value == limit == pytest.approx(2.2 * 0.1499)
    assert censored
    assert np.isnan(error)


def test_every_number_of_jb_is_multiplied(files):
    jb = files["JB"]
    for label, j in jb.analyte.items():
        element, mass = re.fullmatch(r"([A-Z][a-z]?)(\d+)", label).groups()
        for spot, i in jb.grain.items():
            cell = jb.raw[spot][f"{element}_ppm_m{mass}"]
            limit = float(jb.raw[spot][f"{element}_ppm_m{mass}_LOD"])
            if re.match(r"\d", cell) and not float(cell) < limit:
                assert jb.assay.values[i, j] == pytest.approx(float(cell) * 0.1499)
            if limit > 0:
                assert jb.assay.limits[i, j] == pytest.approx(limit * 0.1499)


def test_no_other_file_has_a_factor(files):
    assert files["BT"].at("BT_1", "Al27")[:3] == (38.9, 4.9, 2.1)
    assert files["TK"].at("hg1-1-9", "Ti49")[:3] == (238.03, 2.92, 17.78)
    assert files["JCU"].at("Bischoff_2a_P1", "Sc45")[:3] == (102.19, 0.431, 7.74)
    assert files["LKL_full"].at("WG03-055", "Ta181")[:3] == (2825.28, 0.00114, 89.35)


@pytest.mark.parametrize(("name", "n"), [("BT", 29), ("JB", 1)])
def test_negative_concentrations_are_censored_at_their_limit(files, name, n):
    file, found = files[name], 0
    factor = 0.1499 if name == "JB" else 1.0
    for spot, i in file.grain.items():
        row = file.raw[spot]
        for label, j in file.analyte.items():
            column = "{}_ppm_m{}".format(*re.match(r"(\D+)(\d*)", label).groups())
            cell = row.get(column, "")
            if not cell.startswith("-"):
                continue
            found += 1
            # The file gives no limit for any: size, or three standard errors.
            assert row[f"{column}_LOD"] == "NaN"
            expected = max(-float(cell), 1.5 * float(row[f"{column}_Int2SE"])) * factor
            assert file.assay.censored[i, j]
            assert file.assay.limits[i, j] == pytest.approx(expected)
    assert found == n


def test_text_nan_is_no_text_and_no_number(library):
    facts = library.samples.assay.facts
    assert not {"NaN", "NA", "nan"} & {text for name in facts for text in facts[name]}


def test_a_limit_of_nan_is_not_known(files):
    raw = files["BT"].raw["BT_1"]
    assert (raw["Nb_ppm_m93"], raw["Nb_ppm_m93_LOD"]) == ("231", "NaN")
    value, limit, _, censored = files["BT"].at("BT_1", "Nb93")
    assert (value, censored) == (231, False)
    assert np.isnan(limit)


def test_below_a_limit_that_is_not_known_is_not_measured(files):
    bt = files["BT"]
    blank = {"Si29": 3, "P31": 2, "Y89": 6, "Nd146": 61, "Th232": 84}
    for label, n in blank.items():
        element, mass = re.match(r"(\D+)(\d+)", label).groups()
        spots = [
            s
            for s in bt.grain
            if bt.raw[s][f"{element}_ppm_m{mass}"] == "Below LOD"
            and bt.raw[s][f"{element}_ppm_m{mass}_LOD"] == "NaN"
        ]
        assert len(spots) == n
        assert all(np.isnan(bt.at(s, label)[0]) for s in spots)


def test_limits_of_zero_are_not_known(files):
    raw = files["JCU"].raw["Bischoff_2a_P1"]
    assert raw["Ta181_LOD"] == raw["Hf178_LOD"] == "<0.00000"
    assert np.isnan(files["JCU"].at("Bischoff_2a_P1", "Ta181")[1])
    for name in ("JCU", "LKL_full"):
        limits = files[name].assay.limits
        assert (limits[np.isfinite(limits)] > 0).all()
    unknown = [
        (s, f"{e}{m}")
        for s, row in files["LKL_full"].raw.items()
        for column, cell in row.items()
        if cell == "<0.00" and (match := re.fullmatch(r"(\D+)_ppm_m(\d+)", column))
        for e, m in [match.groups()]
    ]
    assert len(unknown) == 31
    for spot, label in unknown:
        value, limit, error, censored = files["LKL_full"].at(spot, label)
        # Below an unknown limit: not measured, unless the limit stands in its own column.
        assert (np.isnan(value) and np.isnan(limit)) or (censored and value == limit)
        assert np.isnan(error)


def test_errors_that_read_below_are_no_errors(files):
    for name in ("BT", "JB"):
        file = files[name]
        for spot, i in file.grain.items():
            cells = [file.raw[spot].get(f"Li_ppm_m7{s}") for s in ("", "_Int2SE")]
            if cells[1] == "Below LOD":
                assert np.isnan(file.assay.standard_errors[i, file.analyte["Li7"]])


def test_one_column_an_element(files):
    assert {"Ga69", "W183"} <= set(files["BT"].analyte) & set(files["JB"].analyte)
    for name, left_out in {
        "BT": {"Ga71", "W182", "Sn117", "Sn119"},
        "JB": {"Ga71", "W182", "Sn119"},
        "JCU": {"Cr53", "In115", "Sn115", "Sn118", "Sn119"},
        "TK": {"Sn119"},
        "LKL_full": {"Sn119"},
    }.items():
        assert not left_out & set(files[name].analyte)
    assert "Cr52" in files["JCU"].analyte
    assert "In" not in files["JCU"].assay.keys
    assert not any("Sn" in file.assay.keys for file in files.values())


def test_hafnium_of_lkl_has_its_misnamed_limit_and_error(files):
    assert files["LKL_full"].at("WG03-055", "Hf179")[:3] == (120.6, 0.00252, 3.81)


def _sides(table):
    """Columns of the file: each that is taken as a value, and the limit beside it."""
    return {s.column: s.limit for s in table.plan.numbers if s.role == "value" and s.limit}


def _number(cell):
    return float(cell) if re.fullmatch(r"[0-9.]+", cell) else np.nan


# BT and JB write a word instead of the limit: they have no such cell.
@pytest.mark.parametrize(
    ("name", "n"), [("LKL_full", 460), ("TK", 242), ("JCU", 282), ("BT", 0), ("JB", 0)]
)
def test_every_cell_below_is_its_own_limit(datasets_folder, files, name, n):
    found = open_recognised(datasets_folder / "cassiterite_laicpms" / f"laser_{name}.csv")
    compared = 0
    for row in files[name].rows:
        for value, limit in _sides(found.table).items():
            cell = row[value].strip()
            if not cell.startswith("<"):
                continue
            # Where the limit is not known nothing can be compared.
            given = _number(row[limit])
            decimals = len(cell.partition(".")[2])
            assert np.isnan(given) or float(cell[1:]) == pytest.approx(
                given, abs=0.51 / 10**decimals
            )
            compared += bool(np.isfinite(given))
    assert compared == n


@pytest.mark.parametrize(("name", "n"), [("BT", 1), ("JB", 2)])
def test_numbers_lie_above_their_own_limits(datasets_folder, files, name, n):
    """A limit of the neighbour's would lie above hundreds of numbers."""
    found = open_recognised(datasets_folder / "cassiterite_laicpms" / f"laser_{name}.csv")
    below = sum(
        _number(row[value]) < _number(row[limit])
        for row in files[name].raw.values()
        for value, limit in _sides(found.table).items()
    )
    assert below <= n


@pytest.mark.parametrize("name", ROWS)
def test_limits_and_errors_are_taken_once(datasets_folder, name):
    found = open_recognised(datasets_folder / "cassiterite_laicpms" / f"laser_{name}.csv")
    columns = [source.column for source in found.table.plan.numbers]
    assert len(set(columns)) == len(columns)


def test_limits_of_lkl_are_in_the_order_of_the_concentrations(files):
    # Sb is not measured in twelve rows: the limit beside it is blank there.
    lkl = files["LKL_full"]
    blank = [s for s, row in lkl.raw.items() if not row["Sb_ppm_m121"].strip()]
    assert len(blank) == 12
    assert all(np.isnan(lkl.at(spot, "Sb121")[1]) for spot in blank)
    assert not any(lkl.raw[spot]["La_ppm_m139_LOD"].strip() for spot in blank)
    assert lkl.at("WG03-055", "Y89")[1] == float(lkl.raw["WG03-055"]["Zr_ppm_m90_LOD"])


def test_iron_of_bt_is_that_of_the_microprobe(files):
    bt = files["BT"]
    spots = [s for s in bt.grain if re.match(r"\d", bt.raw[s]["Fe_EPMA_ppm"])]
    assert len(spots) > 200
    assert all(bt.at(s, "Fe")[0] == float(bt.raw[s]["Fe_EPMA_ppm"]) for s in spots)


def test_rows_that_were_not_quantified_are_dropped(files):
    dropped = set(files["BT"].raw) - set(files["BT"].grain)
    assert all(files["BT"].raw[spot]["Fe57_CPS"] == "NaN" for spot in dropped)


def test_sessions(library):
    found = {
        (a, b)
        for a, b in zip(
            library.samples.assay.fact("laboratory"),
            library.samples.assay.fact("session"),
            strict=True,
        )
    }
    assert found == {
        ("BT", "Jason_cass_1"),
        ("BT", "Jason_cass_2"),
        ("BT", ""),
        ("JB", "Jason_cass_3"),
        ("LKL", ""),
        ("TK", "19/08/2009"),
        ("JCU", "TraceCassiterite_Jason23-11-17"),
    }


def test_two_exports_in_one_import_each_by_its_own_profile(run, datasets_folder, tmp_path):
    paths = [tmp_path / f"laser_{n}.csv" for n in ("BT", "TK")]
    for path in paths:
        # Another file than the one that is known by its hash.
        raw = (datasets_folder / "cassiterite_laicpms" / path.name).read_bytes()
        path.write_bytes(raw + b"\n")
    outcome = run("import", *paths, "-o", tmp_path / "mixed.csv")
    assert outcome.status == 0
    assert f"{paths[0]}: read with the profile iolite3" in outcome.out
    assert f"{paths[1]}: read with the profile glitter_table" in outcome.out
    assert f"! {paths[0]}: 6 rows are left out: SPOT_ID is blank" in outcome.out
    assert f"! {paths[0]}: more than the whole mass: not measured: 2 cells" in outcome.out
    assay = import_files([tmp_path / "mixed.csv"])
    # Six rows of BT name no spot: they are no measurement.
    assert assay.n_grains == 302 - 6 + 49


def test_a_factor_is_said(run, datasets_folder, tmp_path):
    path = datasets_folder / "cassiterite_laicpms" / "laser_JB.csv"
    outcome = run("import", path, "-o", tmp_path / "jb.csv")
    with path.open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    elements = {m[1] for c in columns if (m := re.fullmatch(r"([A-Z][a-z]?)_ppm_m\d+", c))}
    n_analytes = len(elements - {"Sn"})
    assert (
        f"! {path}: {n_analytes} analytes, their limits and errors are multiplied by 0.1499"
        in outcome.out
    )


def test_each_file_is_recognised_by_its_own_profile(datasets_folder):
    folder = datasets_folder / "cassiterite_laicpms"
    known = recipe("cassiterite_laicpms")
    for table in known.tables:
        (name,) = table.files
        found = open_recognised(folder / name)
        assert found.profile == table.profile
        assert found.why == "It was made for this very file."
    assays = import_files([folder / file.name for file in known.files], None)
    assert assays.n_grains == 643


def test_profiles_are_for_the_files_of_the_recipe():
    known = recipe("cassiterite_laicpms")
    hashes = {file.name: file.sha256 for file in known.files}
    for table in known.tables:
        (name,) = table.files
        assert shipped_profiles()[table.profile].only_for == (hashes[name],)


def test_a_changed_file_is_not_read_with_the_factor(datasets_folder, tmp_path):
    changed = tmp_path / "laser_JB.csv"
    raw = (datasets_folder / "cassiterite_laicpms" / "laser_JB.csv").read_text()
    changed.write_text(raw.replace("Bamboo_1,", "Bamboo_0,"))
    assert open_recognised(changed).profile == "iolite3"
