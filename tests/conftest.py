"""What several tests need."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def datasets_folder() -> Path:
    """The folder of public data sets; tests that ask for it are marked `real_data`."""
    folder = os.environ.get("FINGERPRINT_DATASETS")
    if not folder:
        pytest.skip("set FINGERPRINT_DATASETS to the folder of public data sets")
    return Path(folder)
