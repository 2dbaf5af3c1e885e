"""What a model has learned, as plain numbers and text: nothing else goes into a bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from inspect import signature
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from fingerprint.bundle.estimators import Forests
from fingerprint.errors import InputError
from fingerprint.evidence import (
    KS,
    AreasRatio,
    Forest,
    KernelDensity,
    KernelMean,
    RankSum,
    SampleDensity,
    SampleForest,
    ThreeLevel,
    TwoLevel,
    TwoLevelKernel,
)
from fingerprint.evidence.background import Background
from fingerprint.evidence.features import NormalScores
from fingerprint.evidence.log_values import LogValues
from fingerprint.evidence.variance import VarianceComponents
from fingerprint.judgement.calibrations import BlendGauge, Calibrations
from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.facts import FewerAnalytes, Provenance, SiteFacts, Support
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.model import Model
from fingerprint.judgement.open_fusion import OpenFusion
from fingerprint.judgement.policy import Policy
from fingerprint.quality import SessionLimits

# The fixed list of types that a bundle may name. A scorer that joins is added here.
_SCORERS: tuple[type, ...] = (
    KS,
    ThreeLevel,
    Forest,
    RankSum,
    AreasRatio,
    KernelMean,
    KernelDensity,
    SampleDensity,
    SampleForest,
    TwoLevel,
    TwoLevelKernel,
    NormalScores,
    LogValues,
)
_RECORDS: tuple[type, ...] = (
    Model,
    SiteFacts,
    Support,
    Provenance,
    Fusion,
    OpenFusion,
    Calibrations,
    BlendGauge,
    TrueScores,
    FewerAnalytes,
    VarianceComponents,
    Background,
    Policy,
    SessionLimits,
)
_TYPES: dict[str, type] = {cls.__name__: cls for cls in (*_SCORERS, *_RECORDS)}
_DTYPES = ("bool", "int64", "float64")

Json = Any


@dataclass
class Parts:
    """The learned numbers and estimators of a model, by where they belong.

    Parameters
    ----------
    arrays
        Numeric arrays.
    estimators
        scikit-learn estimators.
    """

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    estimators: dict[str, Forests] = field(default_factory=dict)


def pack(value: object, place: str, parts: Parts) -> Json:
    """Describe a value in JSON, its arrays and estimators moved to `parts`.

    Parameters
    ----------
    value
        A model or a piece of one.
    place
        Where the value belongs, ``scorers/ks/sorted_/0``: names its array.
    parts
        Filled.

    Raises
    ------
    TypeError
        If the value holds a type that a bundle may not.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return pack(np.array(value), place, parts)
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return {"texts": [str(text) for text in value]}
        if value.dtype.name not in _DTYPES:
            raise TypeError(f"{place}: arrays of {value.dtype} do not go into a bundle")
        parts.arrays[place] = value
        return {"array": place}
    if isinstance(value, (RandomForestClassifier, ExtraTreesClassifier)):
        parts.estimators[place] = value
        return {"estimator": place}
    if isinstance(value, list | tuple):
        packed = [pack(item, f"{place}/{i}", parts) for i, item in enumerate(value)]
        return {"list" if isinstance(value, list) else "tuple": packed}
    if isinstance(value, dict):
        # Pairs, since the order of the scorers is the order of the fusion's features.
        pairs = [[key, pack(item, f"{place}/{key}", parts)] for key, item in value.items()]
        return {"pairs": pairs}
    name = type(value).__name__
    if _TYPES.get(name) is not type(value):
        raise TypeError(f"{place}: the type {name} does not go into a bundle")
    inside = place + "/" if place else ""
    state = {key: pack(item, inside + key, parts) for key, item in _state(value).items()}
    return {"type": name, "state": state}


def _state(value: object) -> dict[str, object]:
    if is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in fields(value) if f.init}
    kept = {key for key in vars(value) if _belongs(type(value), key)}
    return {key: getattr(value, key) for key in sorted(kept)}


def _belongs(cls: type, key: str) -> bool:
    """Whether a scorer's attribute is a parameter or learned; anything else is derived."""
    return key in signature(cls).parameters or (key.endswith("_") and not key.startswith("_"))


def unpack(packed: Json, parts: Parts) -> Any:
    """Make the value again that `pack` described.

    Raises
    ------
    InputError
        If the description names a type that is not on the list, or an array that is not there.
    """
    if packed is None or isinstance(packed, bool | int | str):
        return packed
    if isinstance(packed, dict) and "type" in packed:
        return _record(packed, parts)
    if isinstance(packed, dict) and len(packed) == 1:
        kind, content = next(iter(packed.items()))
        if kind in _READERS:
            return _READERS[kind](content, parts)
    raise _refused(f"holds something of no known kind ({str(packed)[:60]})")


def _record(packed: Mapping[str, Json], parts: Parts) -> object:
    cls = _TYPES.get(str(packed["type"]))
    if cls is None:
        raise _refused(f"names the unknown type {packed['type']!r}")
    state = {key: unpack(item, parts) for key, item in dict(packed.get("state", {})).items()}
    try:
        if cls not in _SCORERS:
            return cls(**state)
        scorer = cls()
        if foreign := [key for key in state if not _belongs(cls, key) or hasattr(cls, key)]:
            raise ValueError(f"unknown entry {foreign[0]!r}")
        vars(scorer).update(state)
    except (TypeError, ValueError) as error:
        raise _refused(f"holds a damaged {cls.__name__} ({error})") from error
    return scorer


def _array(place: Json, parts: Parts) -> object:
    if place not in parts.arrays:
        raise _refused(f"lacks the array {place!r}")
    array = parts.arrays[place]
    return float(array) if array.ndim == 0 and array.dtype == np.float64 else array


def _estimator(place: Json, parts: Parts) -> object:
    if place not in parts.estimators:
        raise _refused(f"lacks the estimator {place!r}")
    return parts.estimators[place]


_READERS: dict[str, Callable[[Json, Parts], object]] = {
    "texts": lambda content, parts: np.array([str(text) for text in content], dtype=object),
    "array": _array,
    "estimator": _estimator,
    "list": lambda content, parts: [unpack(item, parts) for item in content],
    "tuple": lambda content, parts: tuple(unpack(item, parts) for item in content),
    "pairs": lambda content, parts: {str(key): unpack(item, parts) for key, item in content},
}


def _refused(what: str) -> InputError:
    return InputError(f"the model {what}", "Do not use it; train it anew or get a sound copy.")
