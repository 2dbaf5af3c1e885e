"""Made-up libraries with known truth."""

from fingerprint.simulate.gaussian import simulate_gaussian
from fingerprint.simulate.minerals import ANALYTES, MINERALS

__all__ = ["ANALYTES", "MINERALS", "simulate_gaussian"]
