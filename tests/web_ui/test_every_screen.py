"""Every screen of the kiosk: in each language, as everybody may set it, on each of its glasses.

A suite run looks at a part; `EVERY_SCREEN=all ./hien test tests/web_ui/test_every_screen.py` at
all of them, which takes a quarter of an hour; with `-k "7 and upright"` at one glass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, product
from math import hypot

import pytest
from playwright.sync_api import Browser, Page

from kiosk.core import screen as screens
from kiosk.core.ease import Ease
from kiosk.core.inputs import Language
from kiosk.core.screen import ScreenState
from tests.browser import EVERY_SCREEN as ALL
from tests.browser import (
    Watch,
    clipped_text,
    open_page,
    small_targets,
    tight_targets,
    violations,
)
from tests.web_ui import pseudo
from tests.web_ui.screen.conftest import ServedGlass, serving
from tests.web_ui.screen.samples import SCREENS, state
from web_ui.screen.app import SMALL_IN

LEAST_TARGET_PX, LEAST_TARGET_MM = 60, 15  # and both: a finger with gloves or a tremor
LEAST_GAP_PX, LEAST_GAP_MM = 8, 3
ROUNDED_PX = 0.5  # by which a browser may draw a millimetre less
COARSE = 0.25  # painted pixels a CSS pixel: the layout is the same, the paint a sixteenth
REVISIONS = count(1)
EASES = {
    "as it is": frozenset[Ease](),
    **{ease.value: frozenset({ease}) for ease in Ease},
    "all at once": frozenset(Ease),
}
GLASSES = {
    "21.5 inches upright": ((1080, 1920), 21.5),
    "21.5 inches upright, coarse": ((720, 1280), 21.5),
    "10.1 inches upright": ((800, 1280), 10.1),
    "7 inches upright": ((720, 1280), 7.0),
    "21.5 inches lying": ((1280, 800), 21.5),
    "21.5 inches lying, fine": ((1920, 1080), 21.5),
}
DOSE = ("10.1 inches upright", "7 inches upright")  # the narrow ones: what fits them fits
ON_TOP = {
    "choice of eases": {"is_easing": True},
    "idle": {"warning_left_s": 20},
    "offline": {"offline": True},
    "a code for phones": {"phone_link": "https://shop.example/k/quay-1/5e551014c0ffee00"},
    "at a door": {"is_at_door": True},
    "no camera": {"read_by": screens.ReadBy.NOTHING},
}
# What a suite run looks at: the fullest pages, and one of each other kind.
FEW = ("attract", "recorded", "many offers and orders", "offer with a price", "choice of eases")
HIGH_BUTTONS = """() => [...document.querySelectorAll('button')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().top < 0.38 * innerHeight)
  .map((one) => one.textContent.trim())"""
SMALLEST_LETTERS = """() => {
  const sizes = [...document.querySelectorAll('#kiosk *')]
    .filter((one) => one.checkVisibility() && !one.closest('.unseen') && [...one.childNodes]
      .some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim()))
    .map((one) => parseFloat(getComputedStyle(one).fontSize));
  return Math.min(...sizes);
}"""


@dataclass
class Look:
    """A browser before a kiosk of one size."""

    glass: ServedGlass
    page: Page

    def at(self, shown: ScreenState) -> None:
        self.glass.show(replace(shown, revision=next(REVISIONS)))

    @property
    def px_per_mm(self) -> float:
        """How fine the glass is."""
        size = self.page.viewport_size
        assert size is not None
        return hypot(size["width"], size["height"]) / (self.glass.panel_diagonal_in * 25.4)

    def faults(self) -> list[str]:
        """What does not fit the glass or the finger."""
        mm = self.px_per_mm
        least_px = max(LEAST_TARGET_PX, LEAST_TARGET_MM * mm - ROUNDED_PX)
        found = clipped_text(self.page) + small_targets(self.page, least_px)
        return found + tight_targets(self.page, max(LEAST_GAP_PX, LEAST_GAP_MM * mm - ROUNDED_PX))

    def offered(self, ease: frozenset[Ease]) -> frozenset[Ease]:
        """What of it can be chosen here: a small panel is a hand high, and offers no reach."""
        return ease - {Ease.REACH} if self.glass.panel_diagonal_in < SMALL_IN else ease


def all_states(language: Language, ease: frozenset[Ease]) -> Iterator[tuple[str, ScreenState]]:
    """Each screen there is, by name."""
    for name, screen in SCREENS.items():
        if ALL or name in FEW:
            yield name, replace(state(screen, language), ease=ease)
    for name, above in ON_TOP.items():
        if ALL or name in FEW:
            yield name, replace(state(screens.Attract(), language), ease=ease, **above)  # type: ignore[arg-type]


@pytest.fixture(
    scope="module", params=GLASSES if ALL else ["10.1 inches upright", "7 inches upright"]
)
def look(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Look]:
    size, diagonal_in = GLASSES[request.param]
    with serving(ServedGlass(panel_diagonal_in=diagonal_in)) as glass:
        page, watch = open_page(chromium, glass.url, size, device_scale_factor=COARSE)
        yield Look(glass, page)
        page.context.close()
    quiet(watch)


def quiet(watch: Watch) -> None:
    """The page complained of nothing and called nobody."""
    assert (watch.errors, watch.strangers) == ([], [])


def test_nothing_is_cut_and_everything_can_be_touched_however_easy(look: Look) -> None:
    wrong: dict[str, list[str]] = {}
    languages = Language if ALL else [Language.VI]
    eases = EASES if ALL else ["as it is", "large", "all at once"]
    for language, ease in product(languages, eases):
        for name, shown in all_states(language, look.offered(EASES[ease])):
            look.at(shown)
            if faults := look.faults():
                wrong[f"{name}, {language}, {ease}"] = faults

    assert wrong == {}


def test_who_sees_or_hears_with_help_finds_no_fault_on_any_screen(look: Look) -> None:
    wrong: dict[str, list[str]] = {}
    dose = (
        product(Language, EASES) if ALL else [(Language.VI, "as it is"), (Language.EN, "contrast")]
    )
    for language, ease in dose:
        for name, shown in all_states(language, look.offered(EASES[ease])):
            look.at(shown)
            if found := violations(look.page):
                wrong[f"{name}, {language}, {ease}"] = found

    assert wrong == {}


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("document.querySelector('h1').style.color = '#888'", "color-contrast-enhanced"),
        ("document.querySelector('.dock .button').textContent = ''", "button-name"),
    ],
)
def test_a_planted_fault_is_found(look: Look, fault: str, rule: str) -> None:
    look.at(state(screens.Goodbye()))
    assert violations(look.page) == []

    look.page.evaluate(fault)

    found = {one.split(":")[0] for one in violations(look.page)}
    look.page.reload()  # the next picture leaves alone what it has in common with this one
    assert found >= {rule}


def test_large_letters_are_large_and_low_buttons_low(look: Look) -> None:
    glass = look.page.viewport_size
    assert glass is not None
    is_upright = glass["height"] > glass["width"]
    diagonal_mm = look.glass.panel_diagonal_in * 25.4
    eases = look.offered(frozenset({Ease.LARGE, Ease.REACH}))
    # 0.7 degrees (EN 301 549, 5.1.4) for a capital of Inter, from 37 cm at 10.1 inches up to 60 cm
    least_px = 0.0168 * min(163 + 0.8 * diagonal_mm, 600) * look.px_per_mm
    wrong = {}
    for name, shown in all_states(Language.VI, eases):
        look.at(shown)
        smallest_px = look.page.evaluate(SMALLEST_LETTERS)
        is_low = is_upright and Ease.REACH in eases and name != "touch test"  # that is all glass
        high = look.page.evaluate(HIGH_BUTTONS) if is_low else []
        if smallest_px < least_px - 0.5 or high:
            wrong[name] = (smallest_px, high)

    assert wrong == {}


@pytest.mark.parametrize("glass", GLASSES if ALL else ["21.5 inches lying"])
def test_a_longer_language_would_fit_too(chromium: Browser, glass: str) -> None:
    size, diagonal_in = GLASSES[glass]
    served = ServedGlass(panel_diagonal_in=diagonal_in)
    served.app.jinja_env.bytecode_cache = None  # what is compiled with other words is no use
    pseudo.speak(served.app)
    wrong: dict[str, list[str]] = {}
    with serving(served):
        page, watch = open_page(chromium, served.url, size, device_scale_factor=COARSE)
        look = Look(served, page)
        # 0.7 degrees on 7 inches are 15 letters in a line: a language that is longer by 40 % needs
        # sentences of its own there.
        eases = ("as it is", "large") if ALL and diagonal_in >= SMALL_IN else ("as it is",)
        for ease in eases:
            for name, shown in all_states(Language.EN, EASES[ease]):
                look.at(shown)
                if faults := look.faults():
                    wrong[f"{name}, {ease}"] = faults
        page.context.close()
    quiet(watch)

    assert wrong == {}
