"""Which profile a laboratory's file is for, from its header."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fingerprint.errors import InputError
from fingerprint.intake.assembly import in_header
from fingerprint.intake.columns import is_value, lay_out
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.files.raw import RawTable
from fingerprint.intake.laboratory.layouts import open_laboratory_file
from fingerprint.intake.laboratory.nearly_plain import open_nearly_plain
from fingerprint.intake.laboratory.plan import Plan, plan_columns
from fingerprint.intake.laboratory.profiled import ProfiledTable
from fingerprint.intake.laboratory.profiles import Profile, named_profile, shipped_profiles

PLAIN = "plain"
_LEAST_ANALYTES = 2
_CLOSE_SHOWN = 3
_NEARLY = "The header is nearly that of the public format."


@dataclass(frozen=True)
class Recognised:
    """A file, opened with the profile that it is for.

    Parameters
    ----------
    table
        Its columns are those of the public format.
    profile
        Name of the profile, ``plain`` for the public format.
    why
        One sentence on why it was chosen.
    by_name
        Profiles made for other files that would fit too, if they are named, and what speaks
        against it; blank if there are none.
    faults
        What is wrong with the header, for which all but a description refuse the file.
    """

    table: RawTable
    profile: str
    why: str
    by_name: str = ""
    faults: tuple[InputError, ...] = ()


@dataclass(frozen=True)
class _Fit:
    """How well a profile fits a file."""

    name: str
    raw: RawTable | None
    plan: Plan | None
    why_not: str = ""

    @property
    def n_columns(self) -> int:
        """Columns of the file that the profile understands."""
        if self.plan is None:
            return 0
        return len(self.plan.columns) + len(self.plan.left_out)

    @property
    def n_analytes(self) -> int:
        """Analytes that the profile finds in the file."""
        return 0 if self.plan is None else self.plan.n_analytes


def open_recognised(path: Path | str, profile: str | Profile | None = None) -> Recognised:
    """Open a laboratory's file as a public table.

    Parameters
    ----------
    path
        The file.
    profile
        ``plain`` for the public format; the name of a shipped profile, or a TOML file; a profile;
        None: the one that fits the header.

    Raises
    ------
    InputError
        If no profile fits, or two fit as well as each other; the message says which come close and
        why they fail.
    """
    path = Path(path)
    if profile == PLAIN:
        return Recognised(open_table(path), PLAIN, "It was asked for.")
    if isinstance(profile, Profile):
        return Recognised(_profiled(path, profile), profile.title, "It was given.")
    if profile is not None:
        return Recognised(_profiled(path, named_profile(profile)), profile, "It was asked for.")
    recognised = _recognised(path)
    for fault in recognised.faults:
        raise replace(fault, remedy=f"{fault.remedy} All else: fingerprint describe {path}.")
    return recognised


def open_for_description(path: Path, profile: str | None = None) -> Recognised:
    """Open a file even if what its header says is wrong, to list what is.

    Parameters
    ----------
    path
        The file.
    profile
        As in `open_recognised`.

    Raises
    ------
    InputError
        If the file cannot be read, or no profile fits and it was not meant to be in the public
        format.
    """
    try:
        return _recognised(path) if profile is None else open_recognised(path, profile)
    except InputError:
        raw = open_table(path)
        if profile not in (None, PLAIN) or not _looks_plain(raw.header):
            raise
        return Recognised(raw, PLAIN, _NEARLY)


def _profiled(path: Path, profile: Profile) -> RawTable:
    return ProfiledTable(open_laboratory_file(path, profile), profile)


def _recognised(path: Path) -> Recognised:
    plain, fault = _as_plain(path)
    if plain is not None and fault is None:
        return Recognised(plain, PLAIN, "The header is that of the public format.")
    profiles = shipped_profiles()
    digest = _digest(path)
    for name, profile in profiles.items():
        if digest in profile.only_for:
            return Recognised(_profiled(path, profile), name, "It was made for this very file.")
    others = {n: p for n, p in profiles.items() if p.only_for}
    profiles = {n: p for n, p in profiles.items() if not p.only_for}
    fits = [_fit(path, name, profile, plain) for name, profile in profiles.items()]
    by_name = _by_name(path, others, plain)
    good = sorted((f for f in fits if not f.why_not), key=lambda f: -f.n_columns)
    if not good:
        return _not_yet_plain(path, plain, fault, fits, _none_fits(path, fits, by_name))
    best = [fit for fit in good if fit.n_columns == good[0].n_columns]
    if len(best) > 1:
        raise InputError(
            f"the profiles {' and '.join(f.name for f in best)} fit the file equally well",
            f"Name the one that is meant: --profile {best[0].name}.",
            path,
        )
    return _chosen(best[0], profiles, by_name)


def _by_name(path: Path, others: Mapping[str, Profile], plain: RawTable | None) -> str:
    """Name the profiles for other files that would fit."""
    fits = [name for name, p in others.items() if not _fit(path, name, p, plain).why_not]
    if not fits:
        return ""
    factors = {n: [g.factor for g in others[n].analytes if g.factor != 1] for n in fits}
    told = [f"{n} (multiplies by {factors[n][0]:g})" if factors[n] else n for n in fits]
    return f"{', '.join(told)} would fit, by name: made for another file"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_plain(path: Path) -> tuple[RawTable | None, InputError | None]:
    """Open the file as if it were in the public format, and say why it is not."""
    try:
        raw = open_table(path)
    except InputError as error:
        # A block export has no header that can be read as such; a missing file is missing anyway.
        if not path.is_file():
            raise
        return None, error
    try:
        lay_out(raw.positions())
    except InputError as error:
        return raw, in_header(raw, error)
    return raw, None


def _not_yet_plain(
    path: Path,
    plain: RawTable | None,
    fault: InputError | None,
    fits: list[_Fit],
    none_fits: InputError,
) -> Recognised:
    """Open a file that no profile fits as what it may become, and say what is wrong with it."""
    meant = fault if plain is None or _looks_plain(plain.header) else None
    if any(fit.n_analytes for fit in fits) or (plain and any(map(is_value, plain.header))):
        raise meant or none_fits
    nearly = open_nearly_plain(path)
    if nearly is not None and (faults := tuple(nearly.faults())):
        return Recognised(nearly, PLAIN, _NEARLY, faults=faults)
    if plain is None or _looks_plain(plain.header):
        raise meant or none_fits
    return Recognised(plain, PLAIN, "No profile fits.", faults=(none_fits,))


def _looks_plain(header: tuple[str, ...]) -> bool:
    """Whether a header was meant to be that of the public format."""
    return "sample" in header or any(is_value(name) for name in header)


def _fit(path: Path, name: str, profile: Profile, plain: RawTable | None) -> _Fit:
    opened_alike = profile.layout == "rows" and profile.header_row == 1 and not profile.sheet
    try:
        # A workbook is opened once, not once for each profile.
        raw = plain if plain and opened_alike else open_laboratory_file(path, profile)
    except InputError as error:
        return _Fit(name, None, None, error.what)
    plan = plan_columns(profile, raw.header)
    lacks = [f"no column {column}" for column in plan.missing[:_CLOSE_SHOWN]]
    if plan.n_analytes < _LEAST_ANALYTES:
        counted = "no column" if not plan.n_analytes else f"only {plan.n_analytes} column"
        lacks.insert(0, f"{counted} of an analyte")
    if not lacks:
        return _Fit(name, raw, plan)
    found = f"{plan.n_analytes} analytes found, but " if plan.n_analytes else ""
    return _Fit(name, raw, plan, found + ", ".join(lacks))


def _chosen(fit: _Fit, profiles: Mapping[str, Profile], by_name: str) -> Recognised:
    if fit.raw is None or fit.plan is None:
        raise ValueError("a profile that fits has a table")
    why = (
        f"Of the profiles that fit it understands most: {fit.n_columns} of "
        f"{len(fit.raw.header)} columns, {fit.plan.n_analytes} analytes."
    )
    return Recognised(ProfiledTable(fit.raw, profiles[fit.name]), fit.name, why, by_name)


def _none_fits(path: Path, fits: list[_Fit], by_name: str) -> InputError:
    found = [fit for fit in fits if fit.plan is not None and fit.plan.n_analytes]
    close = sorted(found or fits, key=lambda f: -f.n_columns)
    reasons = "; ".join(f"{fit.name}: {fit.why_not}" for fit in close[:_CLOSE_SHOWN])
    reasons += f"; {by_name}" if by_name else ""
    return InputError(
        f"the file is not in the public format and no profile fits ({reasons})",
        "Name a profile with --profile, or write one: docs/formats.md says how.",
        path,
    )
