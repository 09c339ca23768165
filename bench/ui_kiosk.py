"""The kiosk's page: how soon a change is on the glass, what a touch costs, what it keeps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from statistics import median
from time import sleep

from playwright.sync_api import Browser

from bench.bare_page import bare_page
from bench.browsing import kept, opened, p95, seen, slow_page
from bench.living_demo import chromium
from bench.measure import Result
from contract.messages import Level, Show, ShownOffer, Text, Tone
from kiosk.core.inputs import Input, Painted
from kiosk.core.screen import Attract, Offers, ScreenState
from runtime.clock import stopwatch_ms
from web_ui.screen.app import THREADS, create_app
from web_ui.screen.feed import Feed
from web_ui.shared.serving import Server

SIZE = (1080, 1920)
EVENTS, TOUCHES, LOADS = 60, 40, 5
CHANGES = 10_000
WARM_UP = 300  # changes after which caches and compiled scripts have grown to their size
PACE_S = 0.004  # faster and the stream would leave pictures out
PAINTED_WITHIN_S = 20.0
COUNT_PICTURES = """() => {
  window.pictures = 0;
  new MutationObserver(() => { window.pictures += 1; })
    .observe(document.getElementById('kiosk'), {attributeFilter: ['data-revision']});
}"""


class Glass:
    """The application of a kiosk, and when it was told that a revision is painted."""

    def __init__(self) -> None:
        self.feed = Feed()
        self._revisions = count(1)
        self._painted: dict[int, float] = {}
        self._news = threading.Condition()
        self.app = create_app(self.feed, self._put, "An Nhiên", "Quầy 1")

    def show(self, state: ScreenState) -> int:
        """Hand the browser a picture; returns its revision."""
        revision = next(self._revisions)
        self.feed.show(replace(state, revision=revision))
        return revision

    def painted_ms(self, revision: int) -> float:
        """When the browser said that it painted a revision."""
        with self._news:
            if not self._news.wait_for(lambda: revision in self._painted, PAINTED_WITHIN_S):
                raise RuntimeError(f"revision {revision} was not painted")
            return self._painted[revision]

    def _put(self, happened: Input) -> None:
        if isinstance(happened, Painted):
            with self._news:
                self._painted[happened.revision] = happened.at_ms
                self._news.notify_all()


def states() -> tuple[ScreenState, ScreenState]:
    """The invitation, and a shopper's own page with three offers."""
    offers = tuple(
        ShownOffer(
            id=f"offer-{tone}",
            tone=tone,
            kind=Text("Ưu đãi riêng cho bạn", "For you only"),
            badge=Text("30%", "30%"),
            until=Text("Đến hết hôm nay", "Until tonight"),
            title=Text("Giảm 30% nước hoa hồng Sen Tây Hồ", "30% off West Lake lotus toner"),
            why=Text("Vì bạn đã mua sữa rửa mặt Sen", "Because you bought the lotus cleanser"),
            price_vnd=294_000,
            was_vnd=420_000,
        )
        for tone in Tone
    )
    shown = Show("0" * 16, "0" * 32, Level.PERSONAL, name="Ngọc", points=1_250, offers=offers)
    return (
        ScreenState(offline=False),
        ScreenState(screen=Offers(shown), session=shown.session, offline=False),
    )


@contextmanager
def served() -> Iterator[tuple[Glass, str]]:
    """A kiosk's page behind a port."""
    glass = Glass()
    server = Server(glass.app, "127.0.0.1", 0, THREADS)
    server.start()
    try:
        yield glass, f"http://127.0.0.1:{server.port}/"
    finally:
        glass.feed.close()
        server.stop()


def run() -> list[Result]:
    """Everything about the kiosk's page."""
    with chromium() as browser, served() as (glass, url):
        return [
            *_first_load(browser, url),
            *_changes(browser, glass, url),
            *_memory(browser, glass, url),
        ]


def _first_load(browser: Browser, url: str) -> list[Result]:
    largest_ms, weight = [], None
    for _ in range(LOADS):
        with slow_page(browser, SIZE) as (page, _debugger):
            weight = opened(page, url)
            largest_ms.append(page.evaluate("window.largestMs"))
    assert weight is not None
    return [
        Result("kiosk-largest-paint-6x", round(median(largest_ms)), "ms", None, None),
        Result("kiosk-page", round(weight.all_bytes / 1024), "KB", None, None),
        Result("kiosk-scripts-gz", round(weight.scripts_gz_bytes / 1024, 1), "KB", None, None),
        Result("kiosk-external-requests", len(weight.strangers), "requests", None, None),
    ]


def _changes(browser: Browser, glass: Glass, url: str) -> list[Result]:
    """Each change of ours is followed by one of a bare page: the machine is as busy for both."""
    invitation, own_page = states()
    took_ms, bare_ms = [], []
    with bare_page(browser, SIZE) as bare, slow_page(browser, SIZE) as (page, _debugger):
        opened(page, url)
        for number in range(EVENTS):
            began_ms = stopwatch_ms()
            revision = glass.show(own_page if number % 2 == 0 else invitation)
            took_ms.append(glass.painted_ms(revision) - began_ms)
            bare_ms.append(bare.change_ms())
        glass.painted_ms(glass.show(own_page))
        for _ in range(TOUCHES):
            page.locator('[data-subject="offer-jade"]').click()
            page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
        touches_ms: list[float] = page.evaluate("window.touchesMs")
    return [
        *seen("kiosk-event-to-pixels-6x", took_ms, bare_ms),
        Result("kiosk-touch-to-frame-6x-p95", p95(touches_ms), "ms", None, None),
    ]


def _memory(browser: Browser, glass: Glass, url: str) -> list[Result]:
    with slow_page(browser, SIZE, slower=1) as (page, debugger):
        debugger.send("Performance.enable")
        opened(page, url)
        page.evaluate(COUNT_PICTURES)
        both = states()

        def change(least: int) -> None:
            shown = 0
            while page.evaluate("window.pictures") < least:
                for _ in range(100):
                    glass.show(both[shown % 2])
                    shown += 1
                    sleep(PACE_S)

        change(WARM_UP)
        before = kept(debugger)
        change(WARM_UP + CHANGES)
        glass.painted_ms(glass.show(ScreenState(screen=Attract(), offline=False)))
        after = kept(debugger)
    grown = (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 2**20
    listeners = after["JSEventListeners"] - before["JSEventListeners"]
    return [
        Result("kiosk-heap-growth-10000-changes", round(grown, 2), "MB", None, None),
        Result("kiosk-listeners-growth", listeners, "listeners", None, None),
        Result("kiosk-nodes-growth", after["Nodes"] - before["Nodes"], "nodes", None, None),
    ]
