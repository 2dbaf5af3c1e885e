"""Laboratory files to tables, and tables to files."""

from fingerprint.intake.atomic import atomic_write
from fingerprint.intake.certified import read_certified
from fingerprint.intake.joining import concatenate, import_files
from fingerprint.intake.profiled import apply_profile
from fingerprint.intake.profiles import Profile, load_profile
from fingerprint.intake.reading import read_assay, read_samples
from fingerprint.intake.side_tables import read_claims
from fingerprint.intake.writing import write_assay, write_samples

__all__ = [
    "Profile",
    "apply_profile",
    "atomic_write",
    "concatenate",
    "import_files",
    "load_profile",
    "read_assay",
    "read_certified",
    "read_claims",
    "read_samples",
    "write_assay",
    "write_samples",
]
