"""The small shop, for every test of the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop without members, in a database of its own."""
    made = Shop(tmp_path)
    yield made
    made.engine.dispose()
