"""What counts as brought by samples, and what stood before they came."""

import pytest

from fingerprint.health.findings import Finding
from fingerprint.health.news import Offered, brought

OFFERED = Offered(frozenset({"new"}), frozenset({"A"}), frozenset({"laboratory L"}))


def of_group(kind="shift", subject="laboratory L", **numbers):
    return Finding(kind, "look", "Told.", subject, numbers=tuple(numbers.items()))


def factor(factor, high):
    return of_group("common_factor", factor=factor, high=high)


def drift(site="A", **numbers):
    return Finding("drift", "look", "Told.", site, (), (site,), tuple(numbers.items()))


def label(sample, site):
    return Finding("label", "settle", "Told.", sample, (sample,), (site,), (("log10_lr", -3.0),))


def minerals(*samples, sites=("A",)):
    return Finding("phases", "look", "Told.", "minerals at sites", samples, sites)


@pytest.mark.parametrize(
    ("after", "before", "is_brought"),
    [
        (label("new", "A"), None, True),
        (label("old", "A"), None, True),
        (label("old", "A"), label("old", "A"), False),
        (label("old", "B"), None, False),
        (minerals("old"), minerals("old"), False),
        (minerals("old", "new"), minerals("old"), True),
        (minerals("old", "other"), minerals("old"), True),
        (minerals("old", "other", sites=("B",)), minerals("old"), False),
        (of_group(Ti=1.2), None, True),
        (of_group(Ti=1.2), of_group(Ti=1.2), False),
        (of_group(Ti=1.22), of_group(Ti=1.2), False),
        (of_group(Ti=1.4), of_group(Ti=1.2), True),
        (of_group(Ti=0.6), of_group(Ti=0.8), True),
        (of_group(Ti=1.0), of_group(Ti=0.8), False),
        (of_group(Ti=1.2), of_group(Ti=0.8), True),
        (of_group(Ti=1.2, W=1.3), of_group(Ti=1.2), True),
        (of_group(Ti=1.2), of_group(Ti=1.2, W=1.3), False),
        (of_group(subject="laboratory M", Ti=1.2), None, False),
        (factor(2.0, 2.1), None, True),
        (factor(2.0, 9.0), factor(2.0, 2.1), False),
        (factor(2.2, 2.1), factor(2.0, 2.1), True),
        (drift(Ti=0.1), None, True),
        (drift("B", Ti=0.1), None, False),
        (drift(Ti=0.12), drift(Ti=0.1), False),
        (drift(Ti=0.2), drift(Ti=0.1), True),
        (drift(Ti=-0.1), drift(Ti=0.1), True),
        (drift(Ti=0.1, W=0.1), drift(Ti=0.1), True),
    ],
)  # fmt: skip
def test_brought(after, before, is_brought):
    told = brought([after], [] if before is None else [before], OFFERED)
    assert told == ([after] if is_brought else [])
