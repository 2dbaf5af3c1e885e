"""The reference library: its samples, its description, and recipes of public data."""

from fingerprint.library.contents import Description
from fingerprint.library.description import describe
from fingerprint.library.reading import read_library
from fingerprint.library.reference import Library, content_hash

__all__ = ["Description", "Library", "content_hash", "describe", "read_library"]
