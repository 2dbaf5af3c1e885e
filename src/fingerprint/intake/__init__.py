"""Laboratory files to tables, and tables to files."""

from fingerprint.intake.certified import read_certified
from fingerprint.intake.joining import concatenate, import_files, import_tables
from fingerprint.intake.laboratory.explaining import Explanation, explain
from fingerprint.intake.laboratory.profiled import apply_profile
from fingerprint.intake.laboratory.profiles import Profile, load_profile
from fingerprint.intake.laboratory.recognition import Recognised, open_recognised
from fingerprint.intake.reading import read_assay, read_samples
from fingerprint.intake.side_tables import read_claims
from fingerprint.intake.writing.atomic import atomic_write
from fingerprint.intake.writing.tables import write_assay, write_samples

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
