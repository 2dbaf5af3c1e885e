"""Error rates on held-out samples."""

from fingerprint.evaluation.bootstrap import Band, Figure
from fingerprint.evaluation.confusion import Confusion
from fingerprint.evaluation.curves import Curves
from fingerprint.evaluation.league import League, evaluate
from fingerprint.evaluation.open_set import OpenSet
from fingerprint.evaluation.rows import GrainClass, Origin, Row

__all__ = [
    "Band",
    "Confusion",
    "Curves",
    "Figure",
    "GrainClass",
    "League",
    "OpenSet",
    "Origin",
    "Row",
    "evaluate",
]
