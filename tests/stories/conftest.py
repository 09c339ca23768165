"""One living demo and one browser for all stories: a shop is opened once, as in the morning."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.living import Living, living_demo
from tests.stories.shop import StoryShop

# Minutes of journeys with pictures for people to look at, and of outages: where somebody asks.
BY_COMMAND = {"JOURNEYS": "journeys", "OUTAGES": "test_outages.py"}
collect_ignore = [file for name, file in BY_COMMAND.items() if name not in os.environ]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A shop that is open."""
    with living_demo(tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest.fixture
def shop(demo: Living, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[StoryShop]:
    """The shop as a story finds it: nobody inside, every screen inviting."""
    pictures = Path(request.config.rootpath) / "build" / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    made = StoryShop(demo, chromium, pictures)
    yield made
    made.close()
