"""The league table as JSON, and back."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from fingerprint.errors import InputError
from fingerprint.evaluation import League
from fingerprint.report.league import NO_PUBLIC_DATA, league_title

# Names in the file where they differ from those in the program.
_IN_FILE = {"library_hash": "library_sha256", "near_column": "near", "left_out": "leave_out"}


def league_json(league: League) -> dict[str, Any]:
    """Everything in the league, ready for JSON; what is not known is null."""
    words = {"what": league_title(league), "note": NO_PUBLIC_DATA}
    measured = {_IN_FILE.get(name, name): value for name, value in asdict(league).items()}
    content: dict[str, Any] = _ready({**words, **measured})
    return content


def _ready(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            f"{key:g}" if isinstance(key, float) else key: _ready(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_ready(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_league(path: Path) -> League:
    """Read a league that `evaluate` wrote.

    Raises
    ------
    InputError
        If the file cannot be read or holds no league of this version.
    """
    try:
        content = dict(json.loads(path.read_text(encoding="utf-8")))
        for name, in_file in _IN_FILE.items():
            content[name] = content.pop(in_file, None)
        return TypeAdapter(League).validate_python(content)
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", "Name an existing file.", file=path
        ) from error
    except (ValueError, TypeError) as error:
        raise InputError(
            "is no league table of this version", "Run evaluate again.", file=path
        ) from error
