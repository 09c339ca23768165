"""The pages of components: whole, readable, and nothing that no page knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser

from tests.browser import EVERY_SCREEN, clipped_text, open_page, violations
from tests.simulator.test_stage_in_chromium import Shop
from web_ui.shared.site import HOUSE

EASES = ("", "large", "contrast", "reach") if EVERY_SCREEN else ("", "large+contrast+reach")
LANGUAGES = {"": ("vi", "en"), "large+contrast+reach": ("en",)}
SIZES = {"desk": [(1280, 800), (390, 844)], "kiosk": [(1280, 800), (1080, 1920)]}
CLASSES = "[...document.querySelectorAll('[class]')].flatMap((one) => [...one.classList])"
OWN = {"sheet-of-parts", "parts", "row", "swatch", "still", "on-paper", "on-jade", "wide"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    made = Shop()
    yield f"http://localhost:{made.server.port}/components"
    made.server.stop()


@pytest.mark.parametrize("look", ["desk", "kiosk"])
def test_every_part_is_whole_and_readable_however_easy(
    chromium: Browser, url: str, look: str
) -> None:
    wrong = {}
    for size, ease in product(SIZES[look] if EVERY_SCREEN else SIZES[look][:1], EASES):
        for language in LANGUAGES.get(ease, ("vi", "en")):
            page, watch = open_page(chromium, f"{url}/{look}?lang={language}&ease={ease}", size)
            found = clipped_text(page, scrolls=True) + violations(page) + watch.errors
            if found or watch.strangers:
                wrong[f"{size} {ease} {language}"] = found + watch.strangers
            page.context.close()

    assert wrong == {}


@pytest.mark.parametrize("look", ["desk", "kiosk"])
def test_every_part_shown_is_one_that_pages_have(chromium: Browser, url: str, look: str) -> None:
    page, _watch = open_page(chromium, f"{url}/{look}", (1280, 800))
    shown = set(
        page.evaluate(
            "[...document.querySelectorAll('[class]')].flatMap((one) => [...one.classList])"
        )
    )
    page.context.close()
    styled = "".join(path.read_text() for path in HOUSE.glob("*/static/*.css"))
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", styled))
    swatches = {"ink", "jade-900", "jade-700", "lacquer-700", "gold-500", "paper-2"}

    assert shown - known - OWN - swatches - {f"look-{look}", "qr"} == set()
