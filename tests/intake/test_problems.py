"""To whom readers report: one who refuses, one who collects."""

import numpy as np
import pyarrow as pa
import pytest

from fingerprint.errors import InputError
from fingerprint.intake.cells import CellReader
from fingerprint.intake.problems import Collecting, Problem, ProblemList, Refusing


def in_file(error):
    return error.in_file("a.csv", first_row=2)


def bad(row):
    return InputError(f"'{row}' is bad", "Mend it.", row=row, column="Ta_ppm")


def test_the_value_is_not_part_of_the_message():
    with_value = InputError("what", "Remedy.", "f", 1, "c", "v")
    assert str(with_value) == str(InputError("what", "Remedy.", "f", 1, "c"))
    assert with_value.in_file("g").value == "v"


def test_refusing_raises_the_first_with_its_place():
    with pytest.raises(InputError, match=r"^a\.csv, row 5, column Ta_ppm: '3' is bad") as raised:
        Refusing(in_file).add_cells(np.array([3, 4]), bad)
    assert raised.value.__cause__ is None


def test_collecting_lists_each_with_its_place_and_cell():
    problems = ProblemList()
    faults = Collecting(in_file, problems)
    faults.add_cells(np.array([3, 4]), bad)
    assert problems.listed == [
        Problem(f"'{row}' is bad", "Mend it.", "a.csv", row + 2, "Ta_ppm", cell=(row, "Ta_ppm"))
        for row in (3, 4)
    ]


def test_beyond_a_thousand_they_are_counted_by_kind():
    problems = ProblemList()
    faults = Collecting(in_file, problems)
    faults.add_cells(np.arange(700), bad)
    faults.add_cells(np.arange(700), bad)
    faults.add(InputError("something else", "Mend it."))
    faults.note(InputError("worth a look", "Look."), "note")
    assert problems.count("error") == 1401
    assert problems.unlisted == {("error", "… is bad"): 400, ("error", "something else"): 1}
    # Notes have room of their own.
    assert problems.count("note") == 1
    assert problems.listed[-1].what == "worth a look"


def test_errors_come_before_notes_and_columns_in_the_order_of_the_header():
    problems = ProblemList()
    faults = Collecting(in_file, problems)
    faults.note(InputError("n", "R.", row=0, column="b"), "note")
    for row, column in ((1, "a"), (0, "a"), (0, "b")):
        faults.add(InputError("e", "R.", row=row, column=column))
    order = problems.in_order({"a.csv": ("b", "a")})
    assert [(p.weight, p.row, p.column) for p in order] == [
        ("error", 2, "b"),
        ("error", 2, "a"),
        ("error", 3, "a"),
        ("note", 2, "b"),
    ]


def test_a_change_is_made_before_the_report():
    problems = ProblemList()
    under = Collecting(in_file, problems).under(
        lambda error: InputError(error.what, error.remedy, row=error.row + 10)
    )
    under.add_cells(np.array([1]), bad)
    under.add(bad(2))
    assert [p.row for p in problems.listed] == [13, 14]


def test_cells_at_fault_count_as_blank():
    problems = ProblemList()
    faults = Collecting(in_file, problems)
    numbers = CellReader().read(pa.array(["1", "x", "<2", "bdl", "<y", None]), faults)
    np.testing.assert_array_equal(numbers.values, [1, np.nan, 2, np.nan, np.nan, np.nan])
    assert numbers.wrong.tolist() == [False, True, False, False, True, False]
    assert numbers.below.tolist() == [False, False, True, False, False, False]
    assert [(p.row, p.value) for p in problems.listed] == [(3, "x"), (6, "<y")]


def test_every_cell_with_the_other_decimal_mark():
    problems = ProblemList()
    reader, faults = CellReader(decimal_comma=True), Collecting(in_file, problems)
    reader.read(pa.array(["1,5", "2.5", "3", "4,5"]), faults)
    numbers = reader.read(pa.array(["1.5", "2,5"]), faults)
    assert [(p.row, p.value) for p in problems.listed] == [(3, "2.5"), (2, "1.5")]
    np.testing.assert_array_equal(numbers.values, [np.nan, 2.5])
