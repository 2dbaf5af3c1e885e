"""The JSON of one check."""

from __future__ import annotations

import json
from typing import Any

from fingerprint.judgement import in_words
from fingerprint.judgement.verdict import SampleOfLot
from fingerprint.report.contents import SCALE_NAME, Number, Summary
from fingerprint.report.measured import finite
from fingerprint.report.session_rows import session_document


def summary_document(summary: Summary) -> dict[str, Any]:
    """Return what `summary_json` writes; a number that is not known is None.

    Parameters
    ----------
    summary
        From `summarise`.
    """
    strength = summary.strength
    return {
        "sample": summary.sample,
        "claim": summary.claim,
        "verdict": summary.verdict,
        "score": strength.score,
        "log10_lr": strength.log10_lr,
        "log10_lr_low": strength.log10_lr_low,
        "log10_lr_high": strength.log10_lr_high,
        "log10_lr_near": strength.log10_lr_near,
        "p_value": strength.p_value,
        "n_grains": summary.n_grains,
        "not_excluded": [other.name for other in summary.not_excluded],
        "reasons": [str(reason) for reason in summary.reasons],
        "district": summary.district,
        "samples": [_of_lot(one) for one in summary.samples],
        "blend_shares": dict(summary.blend_shares),
        "contributions": _contributions(summary),
        "evidence": _evidence(summary),
        "common_factor": _factor(summary),
        "sessions": None if summary.sessions is None else session_document(summary.sessions),
        "policy": summary.policy.model_dump(),
        "sample_hash": summary.hashes.sample,
        "model_hash": summary.hashes.model,
        "library_hash": summary.hashes.library,
        "made_up": bool(summary.made_up),
    }


def summary_json(summary: Summary) -> str:
    """Return the JSON of one check, always valid: no NaN, no infinity.

    Parameters
    ----------
    summary
        From `summarise`.
    """
    document = summary_document(summary)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _factor(summary: Summary) -> dict[str, Number] | None:
    if summary.factor is None:
        return None
    factor = summary.factor.factor
    return {
        "factor": factor.factor,
        "low": factor.low,
        "high": factor.high,
        "n_samples": factor.n_samples,
        "log10_lr_without": finite(summary.factor.log10_lr),
        "p_value_without": finite(summary.factor.p_value),
    }


def _of_lot(one: SampleOfLot) -> dict[str, Any]:
    return {
        "sample": one.sample,
        "n_grains": one.n_grains,
        "p_value": finite(one.p_value),
        "log10_lr": finite(one.log10_lr),
        "counted": one.counted,
    }


def _contributions(summary: Summary) -> dict[str, Any]:
    return {
        "scorers": {share.name: share.log10_lr for share in summary.shares},
        "analytes": {
            row.key: {"log10_lr": row.log10_lr, "error": row.error}
            for row in summary.measured.analytes
        },
        "grains": [
            {"grain": grain.name, "log10_lr": grain.log10_lr, "error": grain.error}
            for grain in summary.measured.grains
        ],
    }


def _evidence(summary: Summary) -> dict[str, Any]:
    strength = summary.strength
    return {
        "raw_scores": {
            share.name: share.raw_score for share in summary.shares if share.name != "base"
        },
        "bounds": list(strength.bounds),
        "scale": SCALE_NAME,
        "words": _words(strength.log10_lr),
        "words_near": _words(strength.log10_lr_near),
        "n_neighbours": summary.neighbours.count,
        "n_true_trials": strength.n_true_trials,
        "n_false_samples": strength.n_false_samples,
    }


def _words(log10_lr: Number) -> str | None:
    return None if log10_lr is None else in_words(log10_lr)
