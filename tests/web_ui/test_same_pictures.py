"""Whether the kiosk's screens look as they looked before, point by point.

By command, since what a browser paints is its version's own: `SAME_PICTURES=FOLDER ./hien test -n0
tests/web_ui/test_same_pictures.py` keeps the pictures in a folder that has none of that Chromium,
and from then on compares with them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from kiosk.core.inputs import Language
from tests.browser import LANDSCAPE, PORTRAIT, open_page
from tests.web_ui.screen.conftest import FRESH_REVISIONS, ServedGlass, serving
from tests.web_ui.screen.samples import SCREENS, state

MOST_CHANGED = 0.0002  # of all points
# A point has changed when one of its colours is off by more: below, it is how edges were rounded.
ROUNDED = 2


@pytest.fixture(scope="module", params=[PORTRAIT, LANDSCAPE], ids=["upright", "lying"])
def glass(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[tuple[ServedGlass, Page]]:
    with serving(ServedGlass()) as served:
        page, _ = open_page(chromium, served.url, request.param)
        yield served, page
        page.context.close()


def changed(before: bytes, now: bytes) -> float:
    """Which part of the points differs; 1 if the pictures are not as large."""
    one, other = (cv2.imdecode(np.frombuffer(it, np.uint8), 1) for it in (before, now))
    assert one is not None
    assert other is not None
    if one.shape != other.shape:
        return 1.0
    return float(np.mean(cv2.absdiff(one, other).max(axis=2) > ROUNDED))


@pytest.mark.parametrize("language", Language)
def test_every_screen_looks_as_before(
    glass: tuple[ServedGlass, Page], chromium: Browser, language: Language
) -> None:
    served, page = glass
    size = page.viewport_size
    assert size is not None
    folder = Path(os.environ["SAME_PICTURES"]) / chromium.version
    folder.mkdir(parents=True, exist_ok=True)
    wrong: dict[str, float] = {}
    for name, screen in SCREENS.items():
        served.show(replace(state(screen, language), revision=next(FRESH_REVISIONS)))
        now = page.screenshot(animations="disabled")
        kept = folder / f"{name.replace(' ', '-')}-{language}-{size['width']}.png"
        if not kept.exists():
            kept.write_bytes(now)
        if (share := changed(kept.read_bytes(), now)) > MOST_CHANGED:
            wrong[name] = share

    assert wrong == {}


def test_a_planted_change_is_found(glass: tuple[ServedGlass, Page]) -> None:
    _, page = glass
    before = page.screenshot()
    page.evaluate("() => { document.querySelector('.brand').style.translate = '1px'; }")

    assert changed(before, page.screenshot()) > MOST_CHANGED
