"""What is committed is the project itself: nothing that is ignored, no link that leads out of it."""

import subprocess

import pytest

from tests.stages import ROOT


def tracked(*words: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", *words], check=True, cwd=ROOT, capture_output=True, text=True)
    return list(filter(None, listed.stdout.split("\0")))


@pytest.fixture(autouse=True)
def repository() -> None:
    """A tree without its history has nothing to look at, but a checkout always has."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")


def test_nothing_that_is_ignored_is_committed():
    assert tracked("--cached", "--ignored", "--exclude-standard") == []


def test_no_link_is_committed():
    modes = {name: mode for mode, _object, _stage, name in (line.split(None, 3) for line in tracked("--stage"))}
    assert "bin/start" in modes
    assert [name for name, mode in modes.items() if mode not in ("100644", "100755")] == []
