"""The policy is data: read from TOML, checked, never guessed at."""

import pytest

from fingerprint.errors import InputError
from fingerprint.judgement import Policy, read_policy
from fingerprint.quality import SessionLimits


def read(tmp_path, text):
    path = tmp_path / "policy.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_policy(path)


def test_the_defaults_are_those_of_the_design():
    policy = Policy()
    assert (policy.alpha, policy.plausible_log10_lr, policy.plausible_log10_lr_near) == (
        0.02,
        1.0,
        0.0,
    )


def test_what_the_file_says_holds_and_the_rest_is_default(tmp_path):
    policy = read(tmp_path, "alpha = 0.05\nleast_grains = 4\n")
    assert policy == Policy(alpha=0.05, least_grains=4)
    assert read(tmp_path, "") == Policy()
    stricter = read(tmp_path, "[sessions]\nrecovery = 0.1\n")
    assert stricter == Policy(sessions=SessionLimits(recovery=0.1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("alpha = 0.7", "alpha"),
        ("alpha = 0", "alpha"),
        ("alpha = nan", "alpha"),
        ("alpha = 'often'", "alpha"),
        ("least_grains = 0", "least_grains"),
        ("least_grains = 2.5", "least_grains"),
        ("least_share_of_analytes = 1.1", "least_share_of_analytes"),
        ("plausible_log10_lr = nan", "plausible_log10_lr"),
        ("plausible_log10_lr_near = -inf", "plausible_log10_lr_near"),
        ("alhpa = 0.02", "alhpa"),
        ("sessions = 3", "sessions"),
        ("[sessions]\nrecovery = 0", "sessions.recovery"),
        ("[sessions]\nleast_measurements = 2", "sessions.least_measurements"),
        ("[sessions]\nrecovry = 0.1", "sessions.recovry"),
        ("alpha = ", "is not TOML"),
        (b"alpha = \xff", "is not TOML"),
    ],
)
def test_a_fault_is_named_with_the_file_and_the_setting(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as refused:
        read(tmp_path, text)
    assert "policy.toml" in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_policy(tmp_path / "none.toml")


def test_alpha_can_be_set_beside_the_file():
    assert Policy(least_grains=3).with_alpha(0.1) == Policy(alpha=0.1, least_grains=3)
    assert Policy().with_alpha(None) == Policy()
    for wrong in (0.0, 0.5, -1.0, float("nan")):
        with pytest.raises(InputError, match="alpha"):
            Policy().with_alpha(wrong)
