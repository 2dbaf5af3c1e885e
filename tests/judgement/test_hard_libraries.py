"""Libraries and samples that leave little to go by: an answer with its reason, or a refusal."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from builders import gaussian, small_forests
from fingerprint.errors import InputError
from fingerprint.evidence import SCORERS
from fingerprint.judgement import Policy, Reason, all_claims, judge, train
from fingerprint.library import Library
from fingerprint.tables import Assay, Mineralogy, SampleSet

FUSION = tuple(SCORERS)
ALONE = [(name,) for name in SCORERS]
NUMBERS = ("score", "log10_lr", "log10_lr_low", "log10_lr_high", "log10_lr_near")


def rebuilt(library, assay):
    facts = library.samples.facts.reset_index().astype(object)
    return Library(SampleSet.from_tables(assay, sample_facts=facts))


def with_cells(library, values, limits=None, censored=None):
    assay = library.samples.assay
    limits = np.full(values.shape, np.nan) if limits is None else limits
    censored = np.zeros(values.shape, bool) if censored is None else censored
    return rebuilt(library, Assay(assay.facts, assay.analytes, values, limits, censored))


def plain(n_sites=6, n_samples=4, n_grains=5, p=6, seed=4):
    return gaussian(n_sites, n_samples, n_grains, p=p, seed=seed)


def constant_analyte():
    library = plain()
    values = library.samples.assay.values.copy()
    values[:, 0] = 7.0
    return with_cells(library, values)


def nearly_constant_analyte():
    library = constant_analyte()
    values = library.samples.assay.values.copy()
    values[0, 0] = 7.1
    return with_cells(library, values)


def nearly_all_censored():
    library = plain()
    values = library.samples.assay.values
    limits = np.full(values.shape, np.nan)
    limits[:, 1] = np.quantile(values[:, 1], 0.95)
    censored = values < np.nan_to_num(limits)
    return with_cells(library, np.where(censored, limits, values), limits, censored)


def same_sample_under_two_sites():
    library = plain()
    first = library.samples.grain_sample == 0
    copied = library.samples.assay.take(np.flatnonzero(first))
    facts = copied.facts.assign(sample="copy")
    both = Assay(
        pd.concat([library.samples.assay.facts, facts], ignore_index=True),
        copied.analytes,
        np.vstack([library.samples.assay.values, copied.values]),
        np.vstack([library.samples.assay.limits, copied.limits]),
        np.vstack([library.samples.assay.censored, copied.censored]),
    )
    sites = library.samples.facts["site"].astype(object).to_dict()
    sites["copy"] = str(library.sites[3])
    named = pd.DataFrame({"sample": list(sites), "site": list(sites.values())}, dtype=object)
    return Library(SampleSet.from_tables(both, sample_facts=named))


LIBRARIES = {
    "a site with one sample, one with one grain": lambda: gaussian(
        6, [1, 1, 4, 4, 4, 4], [5, 1, *[5] * 16], p=6, seed=4
    ),
    "samples with one grain": lambda: gaussian(6, 4, [1, 5] * 12, p=6, seed=4),
    "nothing but samples with one grain": lambda: plain(n_grains=1),
    "a constant analyte": constant_analyte,
    "an analyte that is constant but for one grain": nearly_constant_analyte,
    "an analyte censored in 95 % of grains": nearly_all_censored,
    "the same grains under two sites": same_sample_under_two_sites,
    "more analytes than samples": lambda: plain(n_sites=3, n_samples=3, p=14),
    "two sites": lambda: plain(n_sites=2),
    "two sites of one and two samples": lambda: gaussian(2, [1, 2], 4, p=6, seed=4),
    "one site": lambda: plain(n_sites=1),
    "one analyte": lambda: plain(p=1),
}
# What no model can be learned from is refused, in words.
REFUSED = ("one site", "two sites of one and two samples")


def queries(library):
    """Samples of the library, whole and weak: one grain, no analyte but one, all missing."""
    some = library.samples.take(np.arange(min(3, len(library))))
    assay = some.assay
    one_grain = assay.take(np.array([0]))
    one_grain = replace(one_grain, facts=one_grain.facts.assign(sample="one grain"))
    missing = np.ones(assay.values.shape, bool)
    nothing = assay.without(missing)
    nothing = replace(nothing, facts=assay.facts.assign(sample="nothing measured"))
    missing[:, 0] = False
    single = assay.without(missing)
    single = replace(single, facts=assay.facts.assign(sample="one analyte"))
    parts = (assay, one_grain, nothing, single)
    joined = Assay(
        pd.concat([part.facts for part in parts], ignore_index=True).drop(
            columns="site", errors="ignore"
        ),
        assay.analytes,
        *(
            np.vstack([getattr(part, name) for part in parts])
            for name in ("values", "limits", "censored")
        ),
    )
    mineralogy = Mineralogy(np.array(["no grains"], dtype=object), ("q",), "pct", np.ones((1, 1)))
    return SampleSet.from_tables(joined, mineralogy)


@pytest.mark.parametrize("scorers", [*ALONE, FUSION], ids=lambda names: "+".join(names))
@pytest.mark.parametrize("name", LIBRARIES)
def test_an_answer_with_its_reason_and_no_nan(name, scorers):
    if name in REFUSED:
        with pytest.raises(InputError, match="site"):
            train(LIBRARIES[name](), scorers)
        return
    library = LIBRARIES[name]()
    with small_forests(5):
        model = train(library, scorers)
    samples = queries(library)
    claims = [*all_claims(model, samples), (str(samples.ids[0]), "no such site")]
    verdicts = list(judge(model, samples, claims, Policy(alpha=0.2)))
    assert len(verdicts) == len(claims)
    for verdict in verdicts:
        assert verdict.reasons
        if verdict.claim == "no such site":
            assert verdict.reasons[0] == Reason.SITE_UNKNOWN
            continue
        for number in NUMBERS:
            assert math.isfinite(getattr(verdict, number)), (verdict.sample, number)
        assert math.isnan(verdict.p_value) or 0 < verdict.p_value <= 1
        # Where no p-value can be given, the claim is left open.
        assert not math.isnan(verdict.p_value) or verdict.verdict == "inconclusive"
    of = {v.sample: v for v in verdicts if v.claim != "no such site"}
    assert of["nothing measured"].reasons[0] in (
        Reason.TOO_FEW_ANALYTES,
        Reason.TOO_FEW_TRUE_TRIALS,
    )
    assert of["nothing measured"].log10_lr == of["nothing measured"].log10_lr_near == 0.0
    assert of["no grains"].reasons[0] == Reason.NO_GRAINS
    assert of["one grain"].verdict == "inconclusive"
