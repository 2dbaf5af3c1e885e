"""Is a reference library sound? Its health, the admission of samples, and its history."""

from fingerprint.health.admission import Admission, examine
from fingerprint.health.checking import check_library
from fingerprint.health.findings import WEIGHTS, Finding, first_of_each_kind, listed
from fingerprint.health.history import Entry, History, history_findings, read_history
from fingerprint.health.joining import joined_materials
from fingerprint.health.outcome import Health
from fingerprint.health.sessions import session_findings
from fingerprint.health.storing import store, writing

__all__ = [
    "WEIGHTS",
    "Admission",
    "Entry",
    "Finding",
    "Health",
    "History",
    "check_library",
    "examine",
    "first_of_each_kind",
    "history_findings",
    "joined_materials",
    "listed",
    "read_history",
    "session_findings",
    "store",
    "writing",
]
