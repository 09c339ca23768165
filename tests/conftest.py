"""What tests of several packages share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.broker import Broker
from tests.browser import chromium

# The suite tries the same thirty examples each time: a red run is then the change's doing, never
# the dice's, and forty find what a hundred find but for rare luck, in less than half the time.
# New ones, and more, at leisure: HYPOTHESIS_PROFILE=thorough ./hien test
settings.register_profile("suite", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=1_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

__all__ = ["broker", "chromium"]  # one browser: playwright allows one a process


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A running mosquitto; the test may kill and restart it."""
    folder = tmp_path / "broker"
    folder.mkdir()
    folder.chmod(0o777)  # mosquitto started by root changes to its own user
    made = Broker(folder)
    made.start()
    yield made
    made.kill()
