"""A demo for each file of journeys, and pictures of what their pages show."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.living import Living, living_demo
from tests.stories.journeys.acts import Keep
from tests.stories.shop import StoryShop

PHONE = (390, 844)
FOLDER = Path(os.environ.get("JOURNEYS", "build/journeys"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A shop that is open, with a door. Links to phones are too old after a dozen journeys."""
    with living_demo(tmp_path_factory.mktemp("demo"), "--door") as made:
        yield made


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Leaves a page's picture in the folder, numbered within its journey."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    journey = request.node.name.removeprefix("test_").split("_")[0]
    numbers = count(1)

    def keep_it(page: Page) -> None:
        page.screenshot(path=FOLDER / f"{journey}-{next(numbers):02}.png")

    return keep_it


@pytest.fixture
def phones(shop: StoryShop) -> Callable[[str], Page]:
    """Opens a shopper's phone."""
    return lambda url: shop.opens(url, PHONE)
