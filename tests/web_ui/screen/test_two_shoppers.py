"""One shopper after the other at one screen, the real kiosk behind it, with requests in flight."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from contract.messages import Level
from kiosk.core.inputs import Input
from tests.browser import PORTRAIT, open_page
from tests.kiosk.whole_kiosk import Kiosk
from tests.web_ui.compiled import CACHE
from tests.web_ui.screen.samples import OFFERS, ORDERS
from web_ui.screen.app import THREADS, create_app
from web_ui.screen.feed import Feed
from web_ui.shared.serving import Server

COARSE = 0.25  # painted pixels a CSS pixel
OF_THE_FIRST = ("Ngọc", "Sen Tây Hồ", "A-20418")
OF_THE_SECOND = ("Quỳnh", "Tết", "A-20431")
# All that stands in the document from now on, also for less than a frame.
NOTE_ALL = """() => {
  window.seen = [document.documentElement.outerHTML];
  const note = () => window.seen.push(document.documentElement.outerHTML);
  new MutationObserver(note).observe(document,
    {attributes: true, characterData: true, childList: true, subtree: true});
}"""
NOTED = "() => window.seen.splice(0).join()"
KEPT = """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie,
  await caches.keys(), await indexedDB.databases(), history.length, history.state,
  location.href, document.title, window.name])"""


class Shop:
    """The kiosk's own main path behind its page, in the one thread that owns it."""

    def __init__(self, folder: Path) -> None:
        self._owner = ThreadPoolExecutor(max_workers=1)
        self.feed = Feed()
        app = create_app(self.feed, self.happens, "An Nhiên", "Quầy 1")
        app.jinja_env.bytecode_cache = CACHE
        self.client = app.test_client()
        self.server = Server(app, "127.0.0.1", 0, THREADS)
        self.kiosk = self._owner.submit(Kiosk, folder).result()
        self.kiosk.app.ports = replace(self.kiosk.app.ports, feed=self.feed)

    def happens(self, happened: Input) -> None:
        self._owner.submit(self.kiosk.app.handle, happened).result()

    def checks_in(self) -> str:
        """Somebody holds up a pass; returns their session."""
        self.kiosk.clock.advance(100)  # by then the same pass is a new visit
        self._owner.submit(self.kiosk.hold_up, self.kiosk.pass_text()).result()
        return self.kiosk.app.state.session

    def answers_the_first(self, session: str) -> None:
        self._answer(session, name="Ngọc", offers=OFFERS[:2], orders=ORDERS[:1])

    def answers_the_second(self, session: str) -> None:
        self._answer(session, name="Quỳnh", offers=OFFERS[1:3], orders=ORDERS[1:])

    def waits(self, seconds: float) -> None:
        self._owner.submit(self.kiosk.wait, seconds).result()

    def close(self) -> None:
        self.feed.close()
        self.server.stop()
        self._owner.submit(self.kiosk.outbox.close).result()
        self._owner.shutdown()

    def _answer(self, session: str, **content: object) -> None:
        self._owner.submit(self.kiosk.told, Level.PERSONAL, session, **content).result()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.server.start()
    yield made
    made.close()


def found(words: tuple[str, ...], text: str) -> list[str]:
    return [word for word in words if word in text]


def is_first_seen(page: Page) -> None:
    expect(page.get_by_role("heading", name="Chào Ngọc")).to_be_visible()


def is_second_seen(page: Page) -> None:
    expect(page.get_by_role("heading", name="Chào Quỳnh")).to_be_visible()


def test_who_comes_second_never_sees_the_first_and_nothing_is_left_of_either(
    chromium: Browser, shop: Shop
) -> None:
    url = f"http://127.0.0.1:{shop.server.port}/"
    page, watch = open_page(chromium, url, PORTRAIT, device_scale_factor=COARSE)
    empty = page.evaluate(KEPT)
    late: list[Route] = []  # a touch of the first that the network holds back
    page.route(
        "**/press",
        lambda route: (
            late.append(route)
            if "tea-200" in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    first = shop.checks_in()
    shop.answers_the_first(first)
    is_first_seen(page)
    page.locator('[data-subject="tea-200"]').click()
    page.get_by_role("button", name="Kết thúc").click()
    expect(page.get_by_role("heading", name="Cảm ơn bạn")).to_be_visible()
    page.evaluate(NOTE_ALL)

    second = shop.checks_in()
    shop.answers_the_first(first)  # it was on its way
    shop.answers_the_second(second)
    is_second_seen(page)
    with page.expect_response("**/press"):
        late.pop().continue_()
    shop.answers_the_first(first)
    is_second_seen(page)  # and not an offer that the first touched
    page.locator('[data-subject="tet-box"]').click()
    expect(page.get_by_role("button", name="Về trang của tôi")).to_be_visible()

    assert found(OF_THE_FIRST, page.evaluate(NOTED)) == []
    assert first != second
    shop.waits(50)
    expect(page.get_by_text("Bạn vẫn ở đây chứ?")).to_be_visible()
    page.evaluate(NOTED)
    assert found(OF_THE_SECOND, page.content()) == []
    shop.waits(20)
    shop.answers_the_second(second)
    expect(page.get_by_role("heading", name="Quét mã thành viên")).to_be_visible()
    assert found(OF_THE_SECOND, page.evaluate(NOTED)) == []
    assert page.evaluate(KEPT) == empty
    assert (watch.errors, watch.strangers) == ([], [])
    page.context.close()


def test_an_old_picture_that_comes_late_is_not_painted(chromium: Browser, shop: Shop) -> None:
    """A browser without a stream asks every five seconds, and an answer may take longer."""
    page, _ = open_page(chromium, "about:blank", PORTRAIT, device_scale_factor=COARSE)
    page.clock.install()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with ExitStack() as streams:
        while (stream := shop.client.get("/stream", buffered=False)).status_code == 200:
            streams.callback(stream.close)
        page.goto(f"http://127.0.0.1:{shop.server.port}/")
        expect(page.locator('[data-link="polling"]')).to_be_visible()
        page.route("**/screen", hold, times=1)
        shop.answers_the_first(shop.checks_in())
        page.clock.run_for(5_000)
        picture_of_the_first = shop.client.get("/screen").get_data(as_text=True)
        assert found(OF_THE_FIRST, picture_of_the_first) == list(OF_THE_FIRST)
        shop.answers_the_second(shop.checks_in())
        page.clock.run_for(5_000)
        is_second_seen(page)
        page.evaluate(NOTE_ALL)

        with page.expect_response("**/screen"):
            held.pop().fulfill(body=picture_of_the_first, content_type="application/json")
        page.clock.run_for(100)

        is_second_seen(page)
        assert found(OF_THE_FIRST, page.evaluate(NOTED)) == []
    page.context.close()
