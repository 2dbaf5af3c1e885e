"""Laboratory files to tables, and tables to files."""

from fingerprint.intake.atomic import atomic_write
from fingerprint.intake.certified import read_certified
from fingerprint.intake.explaining import Explanation, explain
from fingerprint.intake.joining import concatenate, import_files, import_tables
from fingerprint.intake.profiled import apply_profile
from fingerprint.intake.profiles import Profile, load_profile
from fingerprint.intake.reading import read_assay, read_samples
from fingerprint.intake.recognition import Recognised, open_recognised
from fingerprint.intake.side_tables import read_claims
from fingerprint.intake.writing import write_assay, write_samples

__all__ = [
    "Explanation",
    "Profile",
    "Recognised",
    "apply_profile",
    "atomic_write",
    "concatenate",
    "explain",
    "import_files",
    "import_tables",
    "load_profile",
    "open_recognised",
    "read_assay",
    "read_certified",
    "read_claims",
    "read_samples",
    "write_assay",
    "write_samples",
]
