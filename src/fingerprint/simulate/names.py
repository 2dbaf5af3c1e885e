"""Invented names of sites, districts and countries: readable, and nowhere on a map."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# Sounds that no one language puts together in the name of a place.
_FIRST = (
    "Velk", "Quarn", "Zhol", "Thrim", "Oxwen", "Yild", "Drev", "Isk", "Fenz", "Ubrel", "Whax",
    "Jorv", "Pazh", "Ekwar", "Skelm", "Nulv", "Glyv", "Azfen", "Brenx", "Tolv", "Ruzh", "Krend",
    "Myx", "Worzh",
)  # fmt: skip
_MIDDLE = ("ar", "el", "ov", "um", "iz", "yn")
_LAST = (
    "adoon", "ethwin", "obrax", "unok", "iphane", "azzil", "oquin", "ewyth", "umbrix", "ixholt",
    "avorn", "uthkin", "ezmar", "ulvane", "isqua", "endoro", "olash", "yppa",
)  # fmt: skip
_LANDSCAPES = ("Hills", "Basin", "Ridge", "Valley", "Plain")
MOST_NAMES = len(_FIRST) * len(_LAST) * (1 + len(_MIDDLE))


@dataclass(frozen=True)
class Names:
    """Invented names, each once."""

    sites: list[str]
    districts: list[str]
    countries: list[str]


def invent_names(
    rng: np.random.Generator, n_sites: int, n_districts: int, n_countries: int
) -> Names:
    """Compose names from invented syllables, the shorter ones first.

    Parameters
    ----------
    rng
        Source of randomness.
    n_sites, n_districts, n_countries
        How many of each, `MOST_NAMES` together at most.
    """
    words = _shuffled(rng, [a + b for a, b in product(_FIRST, _LAST)])
    words += _shuffled(rng, ["".join(p) for p in product(_FIRST, _MIDDLE, _LAST)])
    sites, words = words[:n_sites], words[n_sites:]
    landscapes = rng.integers(len(_LANDSCAPES), size=n_districts)
    districts = [
        f"{word} {_LANDSCAPES[i]}" for word, i in zip(words[:n_districts], landscapes, strict=True)
    ]
    words = words[n_districts:]
    return Names(sites, districts, [f"Republic of {word}" for word in words[:n_countries]])


def _shuffled(rng: np.random.Generator, words: list[str]) -> list[str]:
    return [words[i] for i in rng.permutation(len(words))]
