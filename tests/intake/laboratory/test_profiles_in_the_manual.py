"""The manual names every setting of a profile, and its example is one."""

import re
import tomllib
from pathlib import Path

import pytest

from fingerprint.intake.laboratory.profiles import (
    Analytes,
    Drop,
    Join,
    Part,
    Profile,
    ReferenceMaterials,
    Rewrite,
    shipped_profiles,
)

MANUAL = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
SECTION = MANUAL.partition("## Profiles")[2].partition("## Claims")[0]
EXAMPLE = SECTION.partition("```toml")[2].partition("```")[0]


@pytest.mark.parametrize(
    "model", [Profile, Analytes, Rewrite, Drop, Part, Join, ReferenceMaterials]
)
def test_every_setting_is_in_the_example(model):
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert not [name for name in names if not re.search(rf"\b{name}\b", EXAMPLE)]


def test_the_example_is_a_profile():
    profile = Profile.model_validate(tomllib.loads(EXAMPLE))
    assert profile.joined["district"].between == ", "
    assert profile.analytes[0].names == {"Fe probe": "Fe"}


def test_every_shipped_profile_is_listed():
    shown = [name for name in shipped_profiles() if not name.startswith("cassiterite_")]
    assert all(f"| `{name}` |" in SECTION for name in shown)


def test_every_shipped_profile_says_what_it_is_for_and_where_from():
    folder = Path(__file__).parents[3] / "profiles"
    for name, profile in shipped_profiles().items():
        text = (folder / f"{name}.toml").read_text(encoding="utf-8")
        assert profile.title
        assert "# Source: " in text
        assert profile.only_for or "# Not known" in text
