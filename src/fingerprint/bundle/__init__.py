"""A trained model on disk."""

from fingerprint.bundle.card import card
from fingerprint.bundle.files import load_model, read_manifest, refuse_foreign, save_model

__all__ = ["card", "load_model", "read_manifest", "refuse_foreign", "save_model"]
