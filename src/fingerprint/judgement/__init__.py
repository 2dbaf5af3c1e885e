"""From scores to a verdict."""

from fingerprint.judgement.explain import Explanation, explain
from fingerprint.judgement.judge import all_claims, judge
from fingerprint.judgement.lots import judge_lot, samples_of_lot
from fingerprint.judgement.model import Model
from fingerprint.judgement.policy import Policy, read_policy
from fingerprint.judgement.sentences import SENTENCES
from fingerprint.judgement.sessions import sessions_for
from fingerprint.judgement.training import train, train_for_samples
from fingerprint.judgement.verdict import Reason, Verdict, in_words

__all__ = [
    "SENTENCES",
    "Explanation",
    "Model",
    "Policy",
    "Reason",
    "Verdict",
    "all_claims",
    "explain",
    "in_words",
    "judge",
    "judge_lot",
    "read_policy",
    "samples_of_lot",
    "sessions_for",
    "train",
    "train_for_samples",
]
