"""What a sample is: its assay, its mineralogy, its ages."""

from fingerprint.tables.ages import Ages
from fingerprint.tables.assay import KNOWN_FACTS, Assay
from fingerprint.tables.certified import Certified
from fingerprint.tables.mineralogy import Mineralogy
from fingerprint.tables.samples import SampleSet

__all__ = ["KNOWN_FACTS", "Ages", "Assay", "Certified", "Mineralogy", "SampleSet"]
