"""The screen read aloud: what the kiosk gives sound to, and what a page does with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.core import screen as screens
from kiosk.core.ease import Ease
from kiosk.core.inputs import Button, Language, Pressed
from kiosk.core.screen import ScreenState
from tests.browser import PORTRAIT, open_page
from tests.waiting import until
from tests.web_ui.screen.conftest import SILENCE, Glass, ServedGlass, serving
from tests.web_ui.screen.samples import SCREENS, SESSION, state
from web_ui.screen import aloud

ON = frozenset({Ease.ALOUD})
REVISIONS = count(20_000)
MINE = "Đọc to trang của tôi"


@dataclass
class Parrot:
    """Clips that remember what was asked for, and of whom."""

    is_there: bool = True
    said: list[tuple[str, bool]] = field(default_factory=list)

    def clip(self, text: str, language: Language, *, is_private: bool) -> bytes | None:
        self.said.append((text, is_private))
        return SILENCE

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.said]


@pytest.fixture
def parrot(glass: Glass) -> Parrot:
    made = Parrot()
    aloud.install(glass.app, glass.feed, made)
    return made


def shows(glass: Glass, name: str, **how: object) -> ScreenState:
    shown = replace(state(SCREENS[name]), revision=next(REVISIONS), **how)  # type: ignore[arg-type]
    glass.feed.show(shown)
    return shown


def asks(glass: Glass, text: str, revision: int) -> int:
    body = {"text": text, "revision": revision}
    return glass.app.test_client().post("/say", json=body).status_code


def test_sound_is_given_to_what_stands_there_and_to_nothing_else(
    glass: Glass, parrot: Parrot
) -> None:
    goodbye = shows(glass, "goodbye", ease=ON).revision
    assert asks(glass, "Cảm ơn bạn", goodbye) == 200
    assert asks(glass, "Kết  thúc", goodbye) == 403, "no such button here"
    assert asks(glass, "Nguyễn Văn A", goodbye) == 403
    assert asks(glass, "Cảm ơn bạn", goodbye - 1) == 204
    assert asks(glass, "", goodbye) == 400
    assert asks(glass, "Cảm ơn bạn", shows(glass, "goodbye").revision) == 403, "nobody asked"
    assert parrot.said == [("Cảm ơn bạn", False)]


def test_ones_own_words_are_spoken_once_they_say_so_and_kept_nowhere(
    glass: Glass, parrot: Parrot
) -> None:
    before = shows(glass, "three offers", ease=ON).revision
    assert asks(glass, "Chào Ngọc", before) == 403
    assert asks(glass, MINE, before) == 200

    after = shows(glass, "three offers", ease=ON, read_for=SESSION).revision
    assert asks(glass, "Chào Ngọc", after) == 200
    assert parrot.said == [(MINE, False), ("Chào Ngọc", True)]
    answer = glass.app.test_client().post("/say", json={"text": "Chào Ngọc", "revision": after})
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("audio/wav", "no-store")


@pytest.mark.parametrize("language", Language)
def test_without_a_voice_the_screen_says_so_in_words(glass: Glass, language: Language) -> None:
    aloud.install(glass.app, glass.feed, Parrot(is_there=False))
    shown = replace(state(screens.Attract(), language), is_easing=True, ease=ON)
    glass.feed.show(shown)

    html = glass.app.test_client().get("/screen").json["html"]  # type: ignore[index]

    assert 'data-subject="aloud"' not in html
    words = {Language.VI: "chưa có giọng đọc", Language.EN: "No voice here yet"}
    assert words[language] in html
    assert asks(glass, "x", shown.revision) == 503


def pressed(glass: Glass) -> list[Pressed]:
    return [one for one in glass.touches() if isinstance(one, Pressed)]


@pytest.fixture
def heard(chromium: Browser) -> Iterator[tuple[ServedGlass, Page, Parrot]]:
    parrot, made = Parrot(), ServedGlass()
    aloud.install(made.app, made.feed, parrot)
    with serving(made):
        made.feed.show(ScreenState(offline=False, revision=next(REVISIONS)))
        page, watch = open_page(chromium, made.url, PORTRAIT, device_scale_factor=0.25)
        yield made, page, parrot
        page.context.close()
    assert (watch.errors, watch.strangers) == ([], [])


def test_a_page_reads_the_heading_then_the_choices_and_falls_silent(
    heard: tuple[ServedGlass, Page, Parrot],
) -> None:
    glass, page, parrot = heard
    shown = replace(state(SCREENS["privacy of who signed in"]), ease=ON)

    def show(**how: object) -> None:
        glass.show(replace(shown, revision=next(REVISIONS), **how))  # type: ignore[arg-type]

    show(ease=frozenset())
    assert parrot.said == [], "it is off until somebody wants it"
    show()
    until(lambda: parrot.texts == [MINE], "the page asks whether it may")
    page.get_by_role("button", name=MINE).click()
    until(lambda: any(one.button is Button.READ for one in pressed(glass)), "the kiosk hears it")
    show(read_for=SESSION)
    wanted = ["Quyền riêng tư của bạn", "Những gì bạn đồng ý", "Tạm dừng 24 giờ"]
    until(lambda: "English" in parrot.texts, "it reads to the last button")
    spoken = [text for text in parrot.texts if text in wanted]
    assert spoken == wanted
    assert all(is_private for text, is_private in parrot.said if text in wanted)
    parrot.said.clear()

    page.locator('[data-press="pause"]').focus()
    page.keyboard.press("Tab")
    until(
        lambda: parrot.texts[-1:] == ["Về trang của tôi"],
        "a button in focus is heard",
    )
    show(ease=frozenset())
    expect(page.locator(".heard")).to_have_count(0)
    kept = page.evaluate(
        "async () => [{...localStorage}, {...sessionStorage}, await caches.keys()]"
    )
    assert kept == [{}, {}, []]
