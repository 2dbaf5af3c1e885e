"""Made-up libraries with known truth."""

from fingerprint.simulate.design import LABORATORIES, Design, Laboratory, Levels
from fingerprint.simulate.folder import refuse_foreign, write_made_up
from fingerprint.simulate.gaussian import simulate_gaussian
from fingerprint.simulate.made_up import MadeUp, simulate_library
from fingerprint.simulate.minerals import ANALYTES, MINERALS
from fingerprint.simulate.standards import Standards, simulate_reference_materials

__all__ = [
    "ANALYTES",
    "LABORATORIES",
    "MINERALS",
    "Design",
    "Laboratory",
    "Levels",
    "MadeUp",
    "Standards",
    "refuse_foreign",
    "simulate_gaussian",
    "simulate_library",
    "simulate_reference_materials",
    "write_made_up",
]
