"""The reference library: its samples, its description, and recipes of public data."""

from fingerprint.library.contents import Description
from fingerprint.library.described import DescribedFile, describe_file
from fingerprint.library.description import describe
from fingerprint.library.reading import read_library
from fingerprint.library.reference import Library, content_hash

__all__ = [
    "DescribedFile",
    "Description",
    "Library",
    "content_hash",
    "describe",
    "describe_file",
    "read_library",
]
