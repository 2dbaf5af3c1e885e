"""The design of a made-up study: how many of everything, and how much each level varies."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from fingerprint.errors import InputError
from fingerprint.simulate.minerals import ANALYTES, MINERALS
from fingerprint.simulate.names import MOST_NAMES

_FEWEST_ANALYTES = 5


@dataclass(frozen=True)
class Levels:
    """Standard deviations in log10 units, before each analyte's own spread.

    Parameters
    ----------
    districts, sites, samples
        Between districts; between sites of a district; between samples of a site.
    populations
        Between the grain populations of a district, which its sites share.
    grains
        Between grains of one population in one sample.
    """

    districts: float = 0.30
    sites: float = 0.06
    samples: float = 0.065
    populations: float = 0.20
    grains: float = 0.15

    def __post_init__(self) -> None:
        for name in (f.name for f in fields(self)):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise InputError(
                    f"the level {name} is {value}", "Give a standard deviation of 0 to 1 in log10."
                )


@dataclass(frozen=True)
class Laboratory:
    """An invented laboratory.

    Parameters
    ----------
    name
        Its name.
    letter
        Short name, with which its sessions' names begin.
    limit_factor
        Its detection limits as a multiple of a good laboratory's.
    share
        Weight of the laboratory when samples are dealt out.
    n_sessions
        Sessions in the years of the reference samples; controls have one of their own.
    unmeasured
        Analytes that its first third of sessions did not measure.
    """

    name: str
    letter: str
    limit_factor: float
    share: float
    n_sessions: int
    unmeasured: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.limit_factor <= 0 or self.share <= 0 or self.n_sessions < 1:
            raise InputError(
                f"{self.name}: limit factor, share or number of sessions is not positive",
                "Give positive numbers.",
            )


LABORATORIES = (
    Laboratory("Laboratory A", "A", limit_factor=1.0, share=0.6, n_sessions=6),
    Laboratory(
        "Laboratory B", "B", limit_factor=4.0, share=0.4, n_sessions=6, unmeasured=("Ga", "In")
    ),
)


@dataclass(frozen=True)
class Design:
    """What a made-up library looks like. The default is the bundled demonstration library.

    Parameters
    ----------
    n_sites, n_districts
        Sites of the library, dealt evenly to the districts.
    n_hidden_sites
        Further sites of the same districts that are in no library; controls may come from them.
    minerals
        One a district, in turn.
    n_analytes
        How many of `fingerprint.simulate.ANALYTES`, most telling first.
    samples_a_site
        Fewest and most reference samples, for most sites.
    single_share, double_share
        Shares of the sites that have only one and only two reference samples.
    grains_a_sample
        Fewest and most grains.
    populations_a_site
        Fewest and most grain populations at a site.
    share_concentration
        How alike the samples of a site are in their shares of the populations: the sum of the
        parameters of a Dirichlet distribution.
    levels
        How much each level varies.
    laboratories
        At least one.
    laboratory_offset, session_offset, repeatability
        Relative standard deviations: of a laboratory's and a session's common factor for each
        analyte, and of one measurement well above its detection limit.
    n_lots
        Lots of controls, of one or two samples each.

    Raises
    ------
    InputError
        If no library could look like this.
    """

    n_sites: int = 40
    n_districts: int = 10
    n_hidden_sites: int = 5
    minerals: tuple[str, ...] = MINERALS
    n_analytes: int = len(ANALYTES)
    samples_a_site: tuple[int, int] = (3, 6)
    single_share: float = 0.075
    double_share: float = 0.05
    grains_a_sample: tuple[int, int] = (20, 50)
    populations_a_site: tuple[int, int] = (2, 3)
    share_concentration: float = 20.0
    levels: Levels = field(default_factory=Levels)
    laboratories: tuple[Laboratory, ...] = LABORATORIES
    laboratory_offset: float = 0.02
    session_offset: float = 0.02
    repeatability: float = 0.03
    n_lots: int = 16

    def __post_init__(self) -> None:
        self._check_numbers()
        _check_range("samples a site", self.samples_a_site)
        _check_range("grains a sample", self.grains_a_sample)
        _check_range("populations a site", self.populations_a_site)
        self._check_shares()
        unknown = [m for m in self.minerals if m not in MINERALS]
        if unknown or not self.minerals:
            raise InputError(
                f"unknown mineral {unknown[0]!r}" if unknown else "no mineral is named",
                f"Choose among {', '.join(MINERALS)}.",
            )
        if not self.laboratories:
            raise InputError("there is no laboratory", "Name at least one.")

    def _check_numbers(self) -> None:
        if self.n_sites < 2:
            raise InputError(f"{self.n_sites} sites make no library", "Ask for at least 2 sites.")
        if not 1 <= self.n_districts <= self.n_sites:
            raise InputError(
                f"{self.n_districts} districts for {self.n_sites} sites",
                "Ask for at least 1 district, and no more districts than sites.",
            )
        if self.n_hidden_sites < 0:
            raise InputError("the number of hidden sites is negative", "Give 0 or more.")
        if self.n_lots < 1:
            raise InputError("there are no lots of controls", "Ask for at least 1.")
        if self.n_sites + self.n_hidden_sites + 2 * self.n_districts > MOST_NAMES:
            raise InputError(
                "there are not enough invented names for so many sites and districts",
                f"Ask for {MOST_NAMES} at most, a district counting as two.",
            )
        if not _FEWEST_ANALYTES <= self.n_analytes <= len(ANALYTES):
            raise InputError(
                f"{self.n_analytes} analytes",
                f"Ask for {_FEWEST_ANALYTES} to {len(ANALYTES)}.",
            )

    def _check_shares(self) -> None:
        if min(self.single_share, self.double_share) < 0 or (
            self.single_share + self.double_share > 1
        ):
            raise InputError(
                "the shares of sites with one and two samples are impossible",
                "Give two shares of 0 or more that add up to 1 at most.",
            )
        if self.share_concentration <= 0:
            raise InputError("the concentration of shares is not positive", "Give about 5 to 100.")
        if not all(
            0 <= error <= 1
            for error in (self.laboratory_offset, self.session_offset, self.repeatability)
        ):
            raise InputError(
                "a laboratory's relative error is impossible", "Give 0 to 1: 0.02 is 2 %."
            )


def _check_range(name: str, bounds: tuple[int, int]) -> None:
    low, high = bounds
    if not 1 <= low <= high:
        raise InputError(
            f"{low} to {high} {name} is impossible",
            "Give the fewest, at least 1, and then the most.",
        )
