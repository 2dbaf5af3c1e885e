"""Laboratory files to tables, and tables to files."""

from fingerprint.intake.reading import read_assay, read_samples
from fingerprint.intake.side_tables import read_claims
from fingerprint.intake.writing import atomic_write, write_assay, write_samples

__all__ = [
    "atomic_write",
    "read_assay",
    "read_claims",
    "read_samples",
    "write_assay",
    "write_samples",
]
