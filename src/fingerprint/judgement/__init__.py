"""From scores to a verdict."""

from fingerprint.judgement.explain import Explanation, explain
from fingerprint.judgement.judge import all_claims, judge
from fingerprint.judgement.model import Model
from fingerprint.judgement.policy import Policy, read_policy
from fingerprint.judgement.sessions import sessions_for
from fingerprint.judgement.training import train
from fingerprint.judgement.verdict import SENTENCES, Reason, Verdict, in_words

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
    "read_policy",
    "sessions_for",
    "train",
]
