"""Every error that a user can cause: what is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass
class InputError(Exception):
    """The input is at fault, and the person at the keyboard can mend it.

    Parameters
    ----------
    what
        What is wrong, one clause without a full stop.
    remedy
        What to do about it, one sentence.
    file
        The file as the user named it, where there is one.
    row
        Row of the file as a spreadsheet counts it: the header is usually row 1.
    column
        Name of the column.
    value
        Text of the cell at fault, where there is one; not part of the message.
    """

    what: str
    remedy: str
    file: Path | str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = [str(self.file)] if self.file is not None else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        where = ", ".join(place)
        return f"{where}: {self.what}. {self.remedy}" if where else f"{self.what}. {self.remedy}"

    def in_file(self, file: Path | str, *, first_row: int = 0) -> InputError:
        """Name the file, and turn a row counted from 0 in a table into a row of the file.

        Parameters
        ----------
        file
            The file that the table was read from.
        first_row
            Row of the file that holds the table's row 0.
        """
        row = None if self.row is None else self.row + first_row
        return replace(self, file=self.file or file, row=row)
