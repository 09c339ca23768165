"""The gateway's pages over a fresh database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web_ui.office import Office

# Pictures of one Chromium's own hand: where somebody asks.
collect_ignore = [] if "SAME_PICTURES" in os.environ else ["test_same_pictures.py"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A shop's pages, with Hạnh, Tú, their manager Minh and the owner Chị Lan."""
    made = Office(tmp_path)
    yield made
    made.hub.close()
    made.shop.engine.dispose()
