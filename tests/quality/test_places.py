"""Which sessions measured a sample."""

import numpy as np
import pandas as pd

from builders import assay_of
from fingerprint.quality import SessionQuality
from fingerprint.quality.places import places_of, sessions_of
from fingerprint.tables import SampleSet

SESSIONS = tuple(SessionQuality(lab, name, (), ()) for lab, name in
                 (("L1", "1"), ("L2", "1"), ("L1", "2"), ("", "3")))  # fmt: skip


def samples():
    """Sample a in two sessions, b in one of an unnamed laboratory, c stated once for the sample."""
    assay = assay_of(np.ones((5, 2)), list("aabcc"), laboratory=["L1", "L1", "", "", ""],
                     session=["1", "2", "1", "", ""])  # fmt: skip
    facts = pd.DataFrame({"sample": ["c"], "laboratory": ["L9"], "session": ["3"]})
    return SampleSet.from_tables(assay, sample_facts=facts)


def test_places_are_those_of_the_grains_else_of_the_sample():
    assert places_of(samples()) == [{("L1", "1"), ("L1", "2")}, {("", "1")}, {("L9", "3")}]


def test_a_laboratory_that_is_not_given_may_be_any():
    found = [[(s.laboratory, s.session) for s in sessions_of(samples(), i, SESSIONS)]
             for i in range(3)]  # fmt: skip
    assert found == [[("L1", "1"), ("L1", "2")], [("L1", "1"), ("L2", "1")], [("", "3")]]
