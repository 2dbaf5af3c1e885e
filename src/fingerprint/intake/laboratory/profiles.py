"""Laboratory profiles: how one laboratory's export becomes the public table."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from fingerprint.errors import InputError
from fingerprint.intake.cells import WORDS_FOR_CENSORED
from fingerprint.intake.files.raw import refuse_pipe
from fingerprint.intake.shipped import shipped


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


def _one_or_more(given: object) -> object:
    return given if isinstance(given, list | tuple) else (given,)


Pattern = Annotated[str, AfterValidator(_compiles)]
# Columns of which the first that a file has is taken; one may stand by itself.
AnyColumns = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]
Columns = Annotated[AnyColumns, Field(min_length=1)]


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
    names
        The analyte that a column is, where its name says something else.
    pattern
        Regular expression for whole names of columns, with a group ``analyte``, or the groups
        ``element`` and ``mass``: ``(?P<element>[A-Z][a-z]?)_ppm_m(?P<mass>\d+)``.
    leave_out
        Why an analyte that is found so is not wanted.
    limit, error
        Name of the column of detection limits or standard errors; ``{column}``, ``{analyte}`` and
        the groups of the pattern are filled in. Of several the first that the file has; it may
        have none.
    limits, errors
        The same for single analytes whose columns are named otherwise.
    error_is
        How many standard errors the error column holds.
    factor
        What every concentration, limit and error is multiplied by, beyond its unit.
    second_isotope
        Where two columns are of one element: an error, or the one that comes later is dropped.
    """

    unit: str = "ppm"
    columns: tuple[str, ...] = ()
    names: dict[str, str] = {}
    pattern: Pattern | None = None
    leave_out: dict[str, str] = {}
    limit: AnyColumns = ()
    error: AnyColumns = ()
    limits: dict[str, str] = {}
    errors: dict[str, str] = {}
    error_is: Literal["1se", "2se"] = "1se"
    factor: float = Field(default=1.0, gt=0)
    second_isotope: Literal["refused", "dropped"] = "refused"


class Part(_Strict):
    """A fact that is a part of a text.

    Parameters
    ----------
    column
        Column or columns of the file; of several the first that is not blank in the row.
    pattern
        Its first group is the fact; where it does not match, the whole text is.
    """

    column: Columns
    pattern: Pattern

    @model_validator(mode="after")
    def _check_group(self) -> Self:
        if not re.compile(self.pattern).groups:
            raise ValueError("the pattern needs a group for the part")
        return self


class Join(_Strict):
    """A fact made of several columns: those that are not blank, with a text between them."""

    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    between: str = Field(default="/", alias="with")


class Drop(_Strict):
    """Rows that are left out: those whose text in a column matches a pattern as a whole."""

    column: str
    pattern: Pattern
    why: str


class ReferenceMaterials(_Strict):
    """How rows of reference materials are told from samples.

    Parameters
    ----------
    column
        Column or columns of the file, of which a file may lack some.
    patterns
        For the name of each reference material, what the text in such a column holds.
    """

    column: Columns
    patterns: dict[str, Pattern]


class Profile(_Strict):
    r"""How one laboratory's export becomes the public table.

    A column is called by its name, or by its place: ``#1`` is the first. ``docs/formats.md`` shows
    each setting with an example.

    Parameters
    ----------
    title
        What the profile is for.
    only_for
        sha256 of the very files that the profile is for: it is chosen for them, and for no other
        file unless it is named. Empty: it is chosen by what a header says.
    layout
        ``rows``: one row a grain. ``glitter``: blocks of GLITTER, one column a grain.
        ``column_a_sample``: numbers below the name of their sample.
    sheet
        Sheet of the workbook; the first by default.
    header_row
        Row that names the columns, counted from 1.
    facts
        Known name of each text column, and the column of the file, or several of which the first
        that the file has is taken.
    optional
        Facts whose columns a file may lack.
    parts
        Facts that are a part of a text: the sample without the number of the spot.
    joined
        Facts made of several columns.
    constants
        Facts that are the same in every row, such as ``method``.
    sample
        Template of the sample's name from facts and columns of the file: ``{site}/{Sample}``.
    required
        Columns of the file; rows in which one of them is blank are dropped.
    drop
        Other rows that are left out, and why.
    rewrites
        Made one after the other, before anything else is taken from the text.
    aliases
        For a fact, its one name for each of its other names.
    reference_materials
        How their rows are known.
    analytes
        The analytes, in groups that share a unit.
    numbers
        Columns of other numbers, by their name in the public format: ``age_ma``.
    zero, negative
        What a zero or a negative value means: below the detection limit, which must then be given;
        below its size (of a negative value without a limit, the limit is taken as its size, or as
        three standard errors if these are more); or not measured.
    without_limit
        What a value below detection means whose limit is not given: an error, or not measured.
    impossible
        What a value of more than the whole mass of the grain means.
    words
        Words that mean below detection.
    blank
        Words that stand where others leave a cell blank, such as ``NA``.
    not_known
        Patterns of limits and errors that say nothing: ``<?0*\.?0*`` for a limit of zero.
    """

    title: str = ""
    only_for: tuple[Annotated[str, Field(pattern="^[0-9a-f]{64}$")], ...] = ()
    layout: Literal["rows", "glitter", "column_a_sample"] = "rows"
    sheet: str = ""
    header_row: int = Field(default=1, ge=1)
    facts: dict[str, Columns] = {}
    optional: tuple[str, ...] = ()
    parts: dict[str, Part] = {}
    joined: dict[str, Join] = {}
    constants: dict[str, str] = {}
    sample: str = "{sample}"
    required: tuple[str, ...] = ()
    drop: tuple[Drop, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    aliases: dict[str, dict[str, str]] = {}
    reference_materials: ReferenceMaterials | None = None
    analytes: Annotated[tuple[Analytes, ...], BeforeValidator(_one_or_more)] = ()
    numbers: dict[str, str] = {}
    zero: Literal["below_detection", "not_measured"] = "below_detection"
    negative: Literal["below_detection", "below_its_size", "not_measured"] = "below_detection"
    without_limit: Literal["refused", "not_measured"] = "refused"
    impossible: Literal["refused", "not_measured"] = "refused"
    words: tuple[str, ...] = WORDS_FOR_CENSORED
    blank: tuple[str, ...] = ()
    not_known: tuple[Pattern, ...] = ()


def load_profile(path: Path | str) -> Profile:
    """Read a profile from a TOML file.

    Raises
    ------
    InputError
        If there is no such file, or it is not a profile.
    """
    return load_model(Path(path), Profile)


def shipped_profiles() -> dict[str, Profile]:
    """Read every shipped profile, by name."""
    return {path.stem: load_profile(path) for path in sorted(shipped("profiles").glob("*.toml"))}


def named_profile(name: str) -> Profile:
    """Read a shipped profile, or one that lies in a file of its own.

    Parameters
    ----------
    name
        Name of a shipped profile, or the path of a TOML file.

    Raises
    ------
    InputError
        If there is neither, or the file is not a profile.
    """
    path = shipped("profiles") / f"{name}.toml"
    known = sorted(p.stem for p in shipped("profiles").glob("*.toml"))
    if name in known:
        return load_profile(path)
    if Path(name).suffix or Path(name).exists():
        return load_profile(name)
    raise InputError(
        f"there is no profile {name!r}",
        f"Name one of {', '.join(known)}, or the TOML file of a profile.",
    )


_Model = TypeVar("_Model", bound=BaseModel)


def load_model(path: Path, model: type[_Model]) -> _Model:
    """Read a TOML file that holds what a model describes.

    Raises
    ------
    InputError
        If there is no such file, or it holds something else.
    """
    try:
        refuse_pipe(path)
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
            f"{where}: {first['msg']}",
            "Correct the entry; docs/formats.md#profiles lists them all.",
            path,
        ) from None
