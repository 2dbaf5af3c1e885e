"""Error rates on held-out samples."""

from fingerprint.evaluation.league import Figure, League, Origin, Row, evaluate

__all__ = ["Figure", "League", "Origin", "Row", "evaluate"]
