"""The scorers: one file each, sample x site to score."""

from collections.abc import Callable

from fingerprint.evidence.forest import Forest
from fingerprint.evidence.ks import KS
from fingerprint.evidence.scorer import Scorer
from fingerprint.evidence.three_level import ThreeLevel

# How to make each scorer from a seed and a number of cores.
SCORERS: dict[str, Callable[[int, int], Scorer]] = {
    "three_level": lambda seed, n_jobs: ThreeLevel(),
    "ks": lambda seed, n_jobs: KS(),
    "forest": lambda seed, n_jobs: Forest(seed=seed, n_jobs=n_jobs),
}
# The scorers that are fused by default.
FUSED: tuple[str, ...] = ("three_level", "ks", "forest")

__all__ = ["FUSED", "KS", "SCORERS", "Forest", "Scorer", "ThreeLevel"]
