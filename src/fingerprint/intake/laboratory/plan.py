"""What each column of a laboratory's file becomes, from its header alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from fingerprint.chemistry import UNITS_TO_PPM, read_column, read_species
from fingerprint.errors import InputError
from fingerprint.intake.laboratory.profiles import Analytes, Columns, Profile

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_PLACE = re.compile(r"#([1-9][0-9]*)")

Role = Literal["value", "limit", "error", "number"]


@dataclass(frozen=True)
class NumberSource:
    """A column of numbers of the public table, and the column of the file that it comes from.

    Parameters
    ----------
    public
        Name in the public table.
    column
        Name in the file, or its place.
    role
        What its cells are.
    factor
        What they are multiplied by beyond the unit.
    limit, error
        Columns of the file beside a value.
    error_share
        How many standard errors the error column holds.
    """

    public: str
    column: str
    role: Role
    factor: float = 1.0
    limit: str | None = None
    error: str | None = None
    error_share: float = 1.0


@dataclass(frozen=True)
class LeftOut:
    """An analyte of the file that the public table lacks, and why."""

    column: str
    why: str


@dataclass(frozen=True)
class Plan:
    """How the columns of a file become those of the public table.

    Parameters
    ----------
    facts
        Public name of each text column that is taken as it is, and the column of the file.
    parts
        Public name of each fact that is a part of a text, and the columns that may hold it.
    joined
        Public name of each fact that is made of several columns, and the columns.
    materials
        Columns that tell rows of reference materials.
    texts
        Every column of the file that is read as text.
    numbers
        Columns of numbers, in the order of the public table.
    left_out
        Analytes that are not taken.
    missing
        Columns that the profile needs and the file lacks.
    """

    facts: dict[str, str]
    parts: dict[str, tuple[str, ...]]
    joined: dict[str, tuple[str, ...]]
    materials: tuple[str, ...]
    texts: tuple[str, ...]
    numbers: tuple[NumberSource, ...]
    left_out: tuple[LeftOut, ...]
    missing: tuple[str, ...]

    @property
    def n_analytes(self) -> int:
        """Number of analytes."""
        return sum(source.role == "value" for source in self.numbers)

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the file that are used."""
        return frozenset({*self.texts, *(source.column for source in self.numbers)})


def plan_columns(profile: Profile, header: tuple[str, ...]) -> Plan:
    """Lay out what each column of a file becomes.

    Parameters
    ----------
    profile
        How to read the file.
    header
        Names of its columns.

    Returns
    -------
    Plan
        What is missing is listed in it, not raised.
    """
    missing: list[str] = []
    facts: dict[str, str] = {}
    for name, columns in profile.facts.items():
        found = _first(columns, header)
        if found is not None:
            facts[name] = found
        elif name not in profile.optional:
            missing.append(columns[0])
    parts: dict[str, tuple[str, ...]] = {}
    for name, part in profile.parts.items():
        parts[name] = _all(part.column, header)
        if not parts[name]:
            missing.append(part.column[0])
    joined = {name: join.columns for name, join in profile.joined.items()}
    materials = profile.reference_materials
    marks = () if materials is None else _all(materials.column, header)
    texts = _texts(profile, [*facts.values(), *chain(*parts.values()), *marks])
    numbers, left_out = _numbers(profile, header)
    named = [c for group in profile.analytes for c in (*group.columns, *group.names)]
    wanted = (*texts, *profile.numbers.values(), *named)
    missing += [column for column in wanted if not has(header, column)]
    return Plan(
        facts, parts, joined, marks, texts, numbers, left_out, tuple(dict.fromkeys(missing))
    )


def place_of(column: str) -> int | None:
    """Place, counted from 0, that a column is called by, if it is not called by its name."""
    match = _PLACE.fullmatch(column)
    return int(match[1]) - 1 if match else None


def has(header: tuple[str, ...], column: str) -> bool:
    """Whether a file has a column, called by name or by place."""
    place = place_of(column)
    return column in header if place is None else place < len(header)


def _first(columns: Columns, header: tuple[str, ...]) -> str | None:
    return next((column for column in columns if has(header, column)), None)


def _all(columns: Columns, header: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column for column in columns if has(header, column))


def _texts(profile: Profile, columns: list[str]) -> tuple[str, ...]:
    """Columns that are read as text, each once."""
    columns = [*columns, *profile.required, *(drop.column for drop in profile.drop)]
    for rewrite in profile.rewrites:
        columns += [rewrite.column, *([rewrite.where.column] if rewrite.where else [])]
    made = {*profile.facts, *profile.parts, *profile.constants, *profile.joined}
    for join in profile.joined.values():
        columns += [name for name in join.columns if name not in made]
    if "sample" not in profile.joined:
        columns += [name for name in PLACEHOLDER.findall(profile.sample) if name not in made]
    return tuple(dict.fromkeys(columns))


def _numbers(
    profile: Profile, header: tuple[str, ...]
) -> tuple[tuple[NumberSource, ...], tuple[LeftOut, ...]]:
    sources = [NumberSource(name, c, "number") for name, c in profile.numbers.items()]
    left_out: list[LeftOut] = []
    first: dict[str, str] = {}
    for group in profile.analytes:
        for column in header:
            groups = _groups(group, column)
            if groups is None:
                continue
            name = groups["analyte"]
            if name in group.leave_out:
                left_out.append(LeftOut(column, group.leave_out[name]))
                continue
            if _is_no_element(group, column, name):
                left_out.append(LeftOut(column, f"{name} is not known as an element"))
                continue
            key = _key(f"{name}_{group.unit}")
            if group.second_isotope == "dropped" and key in first:
                left_out.append(LeftOut(column, f"second column of {key}, {first[key]} is taken"))
                continue
            first.setdefault(key, column)
            sources += _beside(group, groups, header)
    return tuple(sources), tuple(left_out)


def _is_no_element(group: Analytes, column: str, name: str) -> bool:
    """Whether a pattern found what no table of elements has, such as a mass for interferences."""
    named = column in group.columns or column in group.names
    return not named and group.unit in UNITS_TO_PPM and read_species(name) is None


def _key(public: str) -> str:
    try:
        column = read_column(public)
    except InputError:
        # It is refused with its place when the table is laid out.
        return public
    return public if column is None or column.analyte is None else column.analyte.key


def _beside(
    group: Analytes, groups: Mapping[str, str], header: tuple[str, ...]
) -> Iterator[NumberSource]:
    """Yield the value of an analyte, and the limit and the error beside it."""
    name, column = groups["analyte"], groups["column"]
    limits = (group.limits[name],) if name in group.limits else group.limit
    errors = (group.errors[name],) if name in group.errors else group.error
    limit = next((c for t in limits if (c := _named(t, groups)) in header), None)
    error = next((c for t in errors if (c := _named(t, groups)) in header), None)
    share = 2.0 if group.error_is == "2se" else 1.0
    public = f"{name}_{group.unit}"
    yield NumberSource(public, column, "value", group.factor, limit, error, share)
    if limit is not None:
        yield NumberSource(f"{name}_lod", limit, "limit", group.factor)
    if error is not None:
        yield NumberSource(f"{name}_{group.error_is}", error, "error", group.factor)


def _named(template: str, groups: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: groups.get(match[1], match[0]), template)


def _groups(analytes: Analytes, column: str) -> dict[str, str] | None:
    """What the name of a column says, if it is that of an analyte."""
    if column in analytes.names:
        return {"column": column, "analyte": analytes.names[column]}
    if column in analytes.columns:
        return {"column": column, "analyte": column}
    match = re.fullmatch(analytes.pattern, column) if analytes.pattern else None
    if match is None:
        return None
    groups = {name: text or "" for name, text in match.groupdict().items()}
    named = groups.get("element", column) + groups.get("mass", "")
    return {"column": column, "analyte": named} | groups
