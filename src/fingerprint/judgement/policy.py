"""The policy: when a verdict is plausible or implausible. Data, not code."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fingerprint.errors import InputError
from fingerprint.quality import SessionLimits


class Policy(BaseModel):
    """Thresholds of the verdict.

    Attributes
    ----------
    alpha
        Rate of false rejection that is set: `implausible` if the p-value is at most this.
    plausible_log10_lr
        Least log10 LR against anywhere for `plausible`.
    plausible_log10_lr_near
        Least log10 LR against the claimed site's neighbours for `plausible`.
    least_grains
        A sample with fewer grains is `inconclusive`.
    few_grains
        A sample with fewer grains gets a reason that says so.
    least_analytes
        A sample measured for fewer of the model's analytes is `inconclusive`.
    least_share_of_analytes
        The same, as a share of the model's analytes: on fewer, true claims are rejected more often
        than alpha says.
    laboratory_offset
        Relative size of the offsets that laboratories and sessions may have, each analyte by
        itself, without being taken for another origin: true claims are tried with them when a
        model is trained. 0: offsets are excluded. Takes effect in training.
    sessions
        How far the session that measured a sample may read its reference materials from their
        certified values; farther, and the sample is `inconclusive`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    alpha: Annotated[float, Field(gt=0.0, lt=0.5)] = 0.02
    plausible_log10_lr: float = 1.0
    plausible_log10_lr_near: float = 0.0
    least_grains: Annotated[int, Field(ge=1)] = 2
    few_grains: Annotated[int, Field(ge=1)] = 10
    least_analytes: Annotated[int, Field(ge=1)] = 5
    least_share_of_analytes: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    laboratory_offset: Annotated[float, Field(ge=0.0, le=0.5)] = 0.1
    sessions: SessionLimits = SessionLimits()

    def with_alpha(self, alpha: float | None) -> Policy:
        """Return the policy with another rate of false rejection, if one is given.

        Raises
        ------
        InputError
            If alpha is not between 0 and 0.5.
        """
        if alpha is None:
            return self
        if not 0.0 < alpha < 0.5:
            raise InputError(
                f"alpha is {alpha}",
                "Give a rate of false rejection between 0 and 0.5, such as 0.02.",
            )
        return self.model_copy(update={"alpha": alpha})


def read_policy(path: Path) -> Policy:
    """Read a policy from a TOML file.

    Raises
    ------
    InputError
        If the file cannot be read, or a setting is unknown or out of range.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
        return Policy.model_validate(settings)
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", "Name an existing file.", file=path
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not TOML ({error})", "Correct the line.", file=path) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(Policy.model_fields)
        raise InputError(
            f"{name}: {first['msg'].lower()}", f"The settings are {known}.", file=path
        ) from error
