"""The reference library: its samples, its description, and recipes of public data."""

from fingerprint.library.reading import read_library
from fingerprint.library.reference import Library, content_hash

__all__ = ["Library", "content_hash", "read_library"]
