"""Other questions on the same evidence."""

from fingerprint.questions.identify import Ranked, identify

__all__ = ["Ranked", "identify"]
