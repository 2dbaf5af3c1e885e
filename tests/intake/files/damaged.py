"""Small files that are damaged, or only strange, in one way each; all hold the same table.

A case says what must come of reading it: the numbers of the table, or a message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HEADER = ["sample", "site", "Ta_ppm", "Nb_ppm", "Ti_ppm"]
ROWS = [
    ["A", "Süd", 1234.5, 0.25, 7.0],
    ["A", "Süd", 0.5, None, 8.0],
    ["B", "Nord", 12.0, 3.5, 9.25],
]
VALUES = np.array([[np.nan if v is None else v for v in row[2:]] for row in ROWS])


@dataclass(frozen=True)
class Case:
    """A file, and what must come of reading it.

    Parameters
    ----------
    name
        What is the matter with it, and the file's extension.
    make
        Writes it.
    message
        What the message holds; "" if the table is read, with its true numbers.
    header_row
        Where the names of the columns stand.
    """

    name: str
    make: Callable[[Path], None]
    message: str = ""
    header_row: int = 1

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2]

    def write(self, folder: Path) -> Path:
        path = folder / f"assay.{self.extension}"
        self.make(path)
        return path


def csv_text(separator: str = ",", mark: str = ".", end: str = "\n") -> str:
    def cell(value: object) -> str:
        if value is None:
            return ""
        return f"{value:g}".replace(".", mark) if isinstance(value, float) else str(value)

    return "".join(separator.join(map(cell, row)) + end for row in [HEADER, *ROWS])


def text(content: str | bytes, encoding: str = "utf-8") -> Callable[[Path], None]:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return lambda path: path.write_bytes(data) and None


PLAIN = csv_text()
