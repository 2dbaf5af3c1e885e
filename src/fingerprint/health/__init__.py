"""Is a reference library sound? Its health, the admission of samples, and its history."""

from fingerprint.health.adding import Addition, add_samples
from fingerprint.health.checking import check_library
from fingerprint.health.findings import WEIGHTS, Finding, first_of_each_kind, listed
from fingerprint.health.history import Entry, History, history_findings, read_history
from fingerprint.health.outcome import Health
from fingerprint.health.sessions import session_findings

__all__ = [
    "WEIGHTS",
    "Addition",
    "Entry",
    "Finding",
    "Health",
    "History",
    "add_samples",
    "check_library",
    "first_of_each_kind",
    "history_findings",
    "listed",
    "read_history",
    "session_findings",
]
