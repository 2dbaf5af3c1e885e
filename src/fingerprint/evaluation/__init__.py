"""Error rates on held-out samples."""

from fingerprint.evaluation.bootstrap import Figure
from fingerprint.evaluation.league import League, Origin, Row, evaluate

__all__ = ["Figure", "League", "Origin", "Row", "evaluate"]
