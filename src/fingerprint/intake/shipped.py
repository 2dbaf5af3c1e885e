"""Where the recipes, the profiles, the made-up library and the demonstration model are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(kind: Literal["datasets", "models", "profiles"]) -> Path:
    """Find a shipped folder: inside the installed package, or at the root of a checkout.

    Parameters
    ----------
    kind
        Which folder.

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.
    """
    for root in (_PACKAGE / "shipped", _PACKAGE.parents[1]):
        if (root / kind).is_dir():
            return root / kind
    raise FileNotFoundError(f"the shipped folder {kind!r} is missing; install fingerprint anew")
