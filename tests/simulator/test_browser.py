"""The headless browser against the kiosk's real page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from contract.messages import Level, Show, ShownOffer, ShownOrder, Text, Tone
from kiosk.core.inputs import Button, Input, Painted, Pressed
from kiosk.core.screen import Attract, Confirm, Offers, Screen, ScreenState
from simulator.browser import Browser
from simulator.browser import Painted as OnGlass
from simulator.errand import Seen
from tests.waiting import until
from web_ui.screen.app import THREADS, create_app
from web_ui.screen.feed import Feed
from web_ui.shared.serving import Server

WORDS = Text("một", "one")
OFFER = ShownOffer("tra-sen", Tone.JADE, WORDS, WORDS, WORDS, WORDS, WORDS)
SHOW = Show(
    session="0" * 16,
    in_reply_to="0" * 32,
    level=Level.PERSONAL,
    name="Quỳnh & Vy",
    offers=(OFFER, ShownOffer("me-xung", Tone.GOLD, WORDS, WORDS, WORDS, WORDS, WORDS)),
    orders=(ShownOrder("don-1", "A-20400", 2, 0, ready=True),),
)


class Page:
    """A kiosk's page whose state a test sets."""

    def __init__(self, port: int = 0) -> None:
        self.inputs: list[Input] = []
        self._feed = Feed()
        self._state = ScreenState()
        app = create_app(self._feed, self.inputs.append, "An Nhiên", "Quầy 1")
        self._server = Server(app, "127.0.0.1", port, THREADS)
        self._server.start()
        self.port = self._server.port

    def show(self, screen: Screen) -> int:
        self._state = replace(self._state, screen=screen, revision=self._state.revision + 1)
        self._feed.show(self._state)
        return self._state.revision

    def stop(self) -> None:
        self._feed.close()
        self._server.stop()


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def page(cleanup: ExitStack) -> Page:
    made = Page()
    cleanup.callback(made.stop)
    return made


def opened(
    page: Page, cleanup: ExitStack, glass: list[OnGlass], *, says_painted: bool = True
) -> Browser:
    browser = Browser("quay-1", page.port, glass.append, says_painted=says_painted)
    browser.open()
    cleanup.callback(browser.close)
    assert browser.wait_for(lambda seen: seen.screen == "attract", 5.0)
    return browser


def test_a_browser_reads_what_a_shopper_reads(page: Page, cleanup: ExitStack) -> None:
    browser = opened(page, cleanup, [])
    revision = page.show(Offers(SHOW))

    assert browser.wait_for(lambda seen: seen.revision == revision, 5.0)
    assert browser.seen == Seen(
        "offers", revision, browser.seen.title, ("tra-sen", "me-xung"), ("don-1",)
    )
    assert "Quỳnh & Vy" in browser.seen.title


def test_the_masked_question_is_read(page: Page, cleanup: ExitStack) -> None:
    browser = opened(page, cleanup, [])
    page.show(Confirm("Q***"))

    assert browser.wait_for(lambda seen: "Q***" in seen.title, 5.0)


def test_everything_painted_is_told_to_the_kiosk_and_to_the_glass(
    page: Page, cleanup: ExitStack
) -> None:
    glass: list[OnGlass] = []
    opened(page, cleanup, glass)
    revision = page.show(Confirm("Q***"))

    until(lambda: len(page.inputs) == 2, "painted twice")
    painted = [one.revision for one in page.inputs if isinstance(one, Painted)]
    assert painted == [0, revision]
    assert [one.seen.screen for one in glass] == ["attract", "confirm"]
    assert "Q***" in glass[1].html
    assert glass[0].at_ms < glass[1].at_ms


def test_beside_a_real_browser_it_only_looks_on(page: Page, cleanup: ExitStack) -> None:
    browser = opened(page, cleanup, [], says_painted=False)
    revision = page.show(Confirm("Q***"))

    assert browser.wait_for(lambda seen: seen.revision == revision, 5.0)
    assert not page.inputs


def test_a_touch_names_the_screen_it_was_meant_for(page: Page, cleanup: ExitStack) -> None:
    browser = opened(page, cleanup, [], says_painted=False)

    assert browser.press(Button.OFFER, 0, "tra-sen")
    assert browser.press(Button.BACK, 1)
    assert page.inputs == [Pressed(Button.OFFER, 0, "tra-sen"), Pressed(Button.BACK, 1)]


def test_a_page_that_dies_is_black_and_is_seen_again_when_it_is_back(
    page: Page, cleanup: ExitStack
) -> None:
    browser = opened(page, cleanup, [])
    page.stop()
    assert browser.wait_for(lambda seen: seen == Seen(), 5.0)
    assert not browser.press(Button.HELLO, 0)

    again = Page(page.port)
    cleanup.callback(again.stop)
    revision = again.show(Attract())

    assert browser.wait_for(lambda seen: seen.revision == revision, 5.0)
    assert browser.press(Button.STAFF, revision)
