"""What tests of several packages share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.browser import chromium

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
