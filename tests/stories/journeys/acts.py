"""What several journeys do or look for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Locator, Page, expect

from kiosk.adapters.code_reader import ZxingThenZbar
from tests.stories.shop import StoryShop
from tests.stories.test_day import agrees_to_all, called

SLOW_MS = 30_000  # seven processes, a browser, and whatever else the machine does

Keep = Callable[[Page], None]


def seen(found: Locator) -> Locator:
    expect(found).to_be_visible(timeout=SLOW_MS)
    return found


def own_page(glass: Page, member: dict[str, Any], word: str = "Chào") -> Locator:
    return seen(glass.get_by_role("heading", name=f"{word} {called(member)}"))


def with_order(shop: StoryShop, place: int) -> dict[str, Any]:
    """Each journey's own: a shopper whose card was closed gives no other for two hours."""
    places = count()
    return shop.member(
        lambda one: agrees_to_all(one) and bool(one["orders"]) and next(places) == place
    )


def read_from(picture: bytes) -> list[str]:
    """The codes in a picture of a screen."""
    grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    return ZxingThenZbar().read(grey.astype(np.uint8))
