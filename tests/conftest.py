"""What tests of several packages share."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.broker import Broker
from tests.browser import chromium

# The suite tries the same thirty examples each time: a red run is then the change's doing, never
# the dice's, and thirty find what a hundred find but for rare luck, in less than half the time.
# New ones, and more, at leisure: HYPOTHESIS_PROFILE=thorough ./hien test
settings.register_profile("suite", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=1_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

__all__ = ["broker", "chromium"]  # one browser: playwright allows one a process


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A command that a test runs in this process sets up the log as for a process of its own.

    Its stream ends with the test. Whatever logged to it later would print a traceback, which, in
    the middle of somebody's `ast.parse`, is a SystemError of Python 3.11.
    """
    root = logging.getLogger()
    before = set(root.handlers)
    yield
    for handler in set(root.handlers) - before:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


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
