"""The scorers: one file each, sample x site to score."""

from collections.abc import Callable

from fingerprint.evidence.areas_ratio import AreasRatio
from fingerprint.evidence.forest import Forest
from fingerprint.evidence.kernel_density import KernelDensity
from fingerprint.evidence.kernel_mean import KernelMean
from fingerprint.evidence.ks import KS
from fingerprint.evidence.rank_sum import RankSum
from fingerprint.evidence.sample_density import SampleDensity
from fingerprint.evidence.sample_forest import SampleForest
from fingerprint.evidence.scorer import Scorer
from fingerprint.evidence.three_level import ThreeLevel
from fingerprint.evidence.two_level import TwoLevel, TwoLevelKernel

# How to make each scorer from a seed and a number of cores.
SCORERS: dict[str, Callable[[int, int], Scorer]] = {
    "three_level": lambda seed, n_jobs: ThreeLevel(),
    "ks": lambda seed, n_jobs: KS(),
    "forest": lambda seed, n_jobs: Forest(seed=seed, n_jobs=n_jobs),
    "rank_sum": lambda seed, n_jobs: RankSum(),
    "areas_ratio": lambda seed, n_jobs: AreasRatio(),
    "kernel_mean": lambda seed, n_jobs: KernelMean(),
    "kernel_density": lambda seed, n_jobs: KernelDensity(),
    "sample_density": lambda seed, n_jobs: SampleDensity(),
    "sample_forest": lambda seed, n_jobs: SampleForest(seed=seed),
    "two_level": lambda seed, n_jobs: TwoLevel(),
    "two_level_kernel": lambda seed, n_jobs: TwoLevelKernel(),
}
# Those that are fused unless others are named.
FUSED: tuple[str, ...] = (
    "three_level",
    "ks",
    "kernel_density",
    "sample_density",
    "sample_forest",
    "areas_ratio",
    "two_level",
)

__all__ = [
    "FUSED",
    "KS",
    "SCORERS",
    "AreasRatio",
    "Forest",
    "KernelDensity",
    "KernelMean",
    "RankSum",
    "SampleDensity",
    "SampleForest",
    "Scorer",
    "ThreeLevel",
    "TwoLevel",
    "TwoLevelKernel",
]
