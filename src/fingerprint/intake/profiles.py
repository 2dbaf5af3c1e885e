"""Laboratory profiles: how one laboratory's export becomes the public table."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from fingerprint.errors import InputError
from fingerprint.intake.cells import WORDS_FOR_CENSORED


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Where(_Strict):
    """A condition on another column: its text is one of some values."""

    column: str
    values: tuple[str, ...] = Field(alias="in")


class Rewrite(_Strict):
    r"""Replaces what a pattern matches in the text of one column.

    Parameters
    ----------
    column
        Column of the file.
    pattern, replacement
        Regular expression, and what stands in its place (``\1``: the first group).
    where
        Only in rows that meet this condition.
    """

    column: str
    pattern: Pattern
    replacement: str = ""
    where: Where | None = None

    @model_validator(mode="after")
    def _check_groups(self) -> Self:
        try:
            re.sub(self.pattern, self.replacement, "")
        except (re.error, IndexError) as error:
            raise ValueError(f"the replacement does not fit the pattern: {error}") from None
        return self


class Analytes(_Strict):
    r"""Which columns are analytes, and in what unit.

    Parameters
    ----------
    unit
        As at the end of a column in the public format: ``ppm``, ``wt%``, ``ratio``.
    columns
        Names of columns that are named like their analyte.
    pattern
        Regular expression for whole names of columns, with a group ``analyte``, or the groups
        ``element`` and ``mass``: ``(?P<element>[A-Z][a-z]?)_ppm_m(?P<mass>\d+)``.
    leave_out
        Analytes that the pattern finds and that are not wanted.
    limit, error
        Name of the column of detection limits or standard errors; ``{column}``, ``{analyte}`` and
        the groups of the pattern are filled in. It may be missing from the file.
    error_is
        How many standard errors the error column holds.
    factor
        What every concentration, limit and error is multiplied by, beyond its unit.
    """

    unit: str = "ppm"
    columns: tuple[str, ...] = ()
    pattern: Pattern | None = None
    leave_out: tuple[str, ...] = ()
    limit: str | None = None
    error: str | None = None
    error_is: Literal["1se", "2se"] = "1se"
    factor: float = Field(default=1.0, gt=0)


class Profile(_Strict):
    """How one laboratory's export becomes the public table.

    Parameters
    ----------
    title
        What the profile is for.
    header_row
        Row that names the columns, counted from 1.
    facts
        Known name of each text column, and the column of the file.
    constants
        Facts that are the same in every row, such as ``method``.
    sample
        Template of the sample's name from facts and columns of the file: ``{site}/{Sample}``.
    required
        Columns of the file; rows in which one of them is blank are dropped.
    rewrites
        Made one after the other, before anything else is taken from the text.
    aliases
        For a fact, its one name for each of its other names.
    analytes
        The analytes.
    zero
        What a zero means: below the detection limit, which must then be given, or not measured.
    words
        Words that mean below detection.
    blank
        Words that stand where others leave a cell blank, such as ``NA``.
    """

    title: str = ""
    header_row: int = Field(default=1, ge=1)
    facts: dict[str, str] = {}
    constants: dict[str, str] = {}
    sample: str = "{sample}"
    required: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    aliases: dict[str, dict[str, str]] = {}
    analytes: Analytes
    zero: Literal["below_detection", "not_measured"] = "below_detection"
    words: tuple[str, ...] = WORDS_FOR_CENSORED
    blank: tuple[str, ...] = ()


def load_profile(path: Path | str) -> Profile:
    """Read a profile from a TOML file.

    Raises
    ------
    InputError
        If there is no such file, or it is not a profile.
    """
    return load_model(Path(path), Profile)


_Model = TypeVar("_Model", bound=BaseModel)


def load_model(path: Path, model: type[_Model]) -> _Model:
    """Read a TOML file that holds what a model describes.

    Raises
    ------
    InputError
        If there is no such file, or it holds something else.
    """
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return model.model_validate(content)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", "Check the name and the folder.", path
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", "Correct the line.", path) from None
    except UnicodeDecodeError:
        raise InputError("the text is not UTF-8", "Save the file as UTF-8.", path) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{where}: {first['msg']}", "Correct the entry; the manual lists them all.", path
        ) from None
