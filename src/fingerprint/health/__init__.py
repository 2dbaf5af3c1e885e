"""Is a reference library sound?"""

from fingerprint.health.checking import Health, check_library
from fingerprint.health.findings import WEIGHTS, Finding

__all__ = ["WEIGHTS", "Finding", "Health", "check_library"]
