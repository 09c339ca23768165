"""From the code on a kiosk's screen over a phone's page back to the screen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Response, request
from playwright.sync_api import Browser, Page, expect

from contract.events import Touch, Touched
from contract.messages import KioskState, Show, ShownCode
from contract.screen_codes import digest
from contract.topics import KioskAddress
from gateway.api.screen_codes import Desk, install
from gateway.store import stores
from kiosk.adapters.code_reader import ZxingThenZbar
from kiosk.core.inputs import Input, LinkChanged, Painted, Tick, Told
from runtime.inbox import Inbox
from simulator.phone_image import CODE_MM
from tests.browser import PORTRAIT, clipped_text, open_page, small_targets
from tests.gateway.shop import STORE
from tests.kiosk.whole_kiosk import Kiosk
from tests.waiting import until
from tests.web_ui.desk.test_in_browser import serving
from tests.web_ui.office import Office
from tests.web_ui.phone.test_card import LEAST_TARGET_PX, PHONE, SMALL_PHONE, picture, with_card
from web_ui.screen.app import THREADS
from web_ui.screen.app import create_app as screen_app
from web_ui.screen.feed import Feed
from web_ui.shared.serving import Server

ZXING = ZxingThenZbar()
CODE = "5e551014c0ffee00"
HERE = f"/k/quay-1/{CODE}"
MOST_BYTES = 100_000  # of a page that is read once, on a network in a shop


def shows_codes(office: Office, *codes: str) -> None:
    with office.shop.writers.begin() as db:
        told = tuple(ShownCode(digest(code), 90_000) for code in codes)
        state = KioskState("quay-1", True, codes=told)
        stores.keep_state(db, STORE, "quay-1", state, office.now_ms)


def test_whoever_scans_sees_where_they_are_and_the_offers_for_everybody(office: Office) -> None:
    office.shop.offer("for-all", is_personal=False)
    office.shop.offer("for-tea")
    shows_codes(office, CODE)

    answer = office.app.test_client().get(HERE)
    page = answer.get_data(as_text=True)

    assert "Bạn đang ở Quầy 1?" in page
    assert "An Nhiên" in page
    assert page.count("<li class") == 1, "what is for some is shown to nobody"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "Are you at Quầy 1?" in office.app.test_client().get(f"{HERE}?language=en").text


def test_a_code_that_has_ended_and_one_that_never_was_look_the_same(office: Office) -> None:
    shows_codes(office, CODE)
    office.clock.advance(90)
    client = office.app.test_client()
    others = (f"quay-2/{CODE}", "quay-1/" + "f" * 16, "quay-1/short", f"Q 1/{CODE}")
    paths = [HERE, *(f"/k/{other}" for other in others)]

    answers = [client.get(path) for path in paths]

    assert {answer.status_code for answer in answers} == {HTTPStatus.GONE}
    assert len({answer.text for answer in answers}) == 1
    assert "Mã này đã hết hạn" in answers[0].text


@dataclass
class Stand:
    """A kiosk with its owner thread and its screen, and a gateway's web process beside it."""

    folder: Path
    office: Office
    inbox: Inbox[Input] = field(default_factory=lambda: Inbox(100))
    feed: Feed = field(default_factory=Feed)
    painted: list[int] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)  # bytes to phones, by path
    url: str = ""

    def __post_init__(self) -> None:
        install(
            self.office.app, Desk(self.office.shop.readers, lambda: self.office.now_ms, self._show)
        )
        self.office.app.after_request(self._weigh)
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._own, name="kiosk")
        app = screen_app(self.feed, self._put, "An Nhiên", "Quầy 1")
        self._server = Server(app, "127.0.0.1", 0, THREADS)

    def _show(self, _address: KioskAddress, show: Show) -> None:
        self.inbox.put(Told(show))

    def _weigh(self, answer: Response) -> Response:
        self.sent[request.path] = answer.content_length or 0
        return answer

    def _put(self, happened: Input) -> None:
        if isinstance(happened, Painted):
            self.painted.append(happened.revision)
        self.inbox.put(happened)

    def _own(self) -> None:
        self.kiosk = Kiosk(self.folder)  # here, because a database belongs to one thread
        app = self.kiosk.app
        app.phone_codes.phone_url = self.office.url
        app.ports = replace(app.ports, feed=self.feed)
        app.handle(LinkChanged(online=True))
        app.handle(Tick())
        self.feed.show(app.state)
        self._ready.set()
        while not self._stopping.is_set():
            happened = self.inbox.take(0.05)
            if happened is not None:
                app.handle(happened)
                self.inbox.done()
            app.handle(Tick())
        self.kiosk.outbox.close()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)
        self._server.start()
        self.url = f"http://127.0.0.1:{self._server.port}/"

    def stop(self) -> None:
        self.feed.close()
        self._server.stop()
        self._stopping.set()
        self._thread.join(20)

    def told_to_gateway(self) -> None:
        """What the kiosk says of its codes reaches the gateway's database."""
        code = self.kiosk.app.state.phone_link.rpartition("/")[2]
        shows_codes(self.office, code)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with serving(tmp_path) as office:
        office.shop.member()
        office.shop.offer("for-all", is_personal=False)
        (tmp_path / "kiosk").mkdir()
        made = Stand(tmp_path / "kiosk", office)
        made.start()
        try:
            yield made
        finally:
            made.stop()


def link_on(screen: Page) -> str:
    """What a phone's camera reads on the screen, by the product's own reader."""
    expect(screen.locator("[data-code] svg")).to_be_visible()
    (text,) = ZXING.read(picture(screen))
    return str(text)


def test_a_members_phone_turns_the_screen_to_them_and_a_second_one_is_told(
    chromium: Browser, stand: Stand
) -> None:
    screen, screen_watch = open_page(chromium, stand.url, PORTRAIT)
    stand.told_to_gateway()
    link = link_on(screen)
    code_px = screen.locator("[data-code] path").bounding_box()
    assert link.startswith(f"{stand.office.url}/k/quay-1/")
    mm_per_px = 21.5 * 25.4 / (PORTRAIT[0] ** 2 + PORTRAIT[1] ** 2) ** 0.5
    assert code_px is not None
    assert code_px["width"] * mm_per_px > CODE_MM, "larger than a member's code, read at that range"

    guest, guest_watch = open_page(chromium, link, PHONE)
    expect(guest.get_by_text("Ưu đãi cho mọi người hôm nay")).to_be_visible()
    expect(guest.get_by_role("heading", name="Bạn đang ở Quầy 1?")).to_be_hidden()
    assert "/static/vendor/be-vietnam-pro-800.woff2" in stand.sent
    assert sum(stand.sent.values()) <= MOST_BYTES, stand.sent
    assert clipped_text(guest, scrolls=True) == []
    assert small_targets(guest, LEAST_TARGET_PX) == []
    assert (guest_watch.errors, guest_watch.strangers) == ([], [])
    guest.context.close()

    phone, watch = with_card(chromium, stand.office)
    phone.goto(link)
    expect(phone.get_by_role("heading", name="Bạn đang ở Quầy 1?")).to_be_visible()
    for size in (PHONE, SMALL_PHONE):
        phone.set_viewport_size({"width": size[0], "height": size[1]})
        assert clipped_text(phone, scrolls=True) == []
        assert small_targets(phone, LEAST_TARGET_PX) == []

    phone.get_by_role("button", name="mở trang của tôi").click()
    expect(screen.get_by_role("heading", name="N***")).to_be_visible()
    expect(phone.get_by_role("heading", name="Mời bạn chạm vào màn hình")).to_be_visible()
    assert "Ngọc" not in screen.content()

    phone.goto(link)
    phone.get_by_role("button", name="mở trang của tôi").click()
    expect(phone.get_by_text("đã có điện thoại khác dùng trước")).to_be_visible()
    phone.get_by_role("button", name="xem trên điện thoại").click()
    expect(phone.get_by_text("Ưu đãi cho mọi người hôm nay")).to_be_visible()

    screen.get_by_role("button", name="Đúng, là tôi").click()
    code = link.rpartition("/")[2]
    until(lambda: Touched(code, Touch.CONFIRM) in stand.kiosk.sent, "the yes is on its way")
    assert [error for error in watch.errors if "409" not in error] == []
    assert (watch.strangers, screen_watch.errors, screen_watch.strangers) == ([], [], [])
    phone.context.close()
    screen.context.close()


def test_a_new_code_leaves_the_rest_of_the_invitation_as_it_was(
    chromium: Browser, stand: Stand
) -> None:
    screen, _ = open_page(chromium, stand.url, PORTRAIT)
    screen.locator(".slides").evaluate("(slides) => { slides.wasHere = true; }")
    before = screen.locator("[data-code]").inner_html()

    stand.kiosk.clock.advance(61)

    until(lambda: screen.locator("[data-code]").inner_html() != before, "the new code")
    assert screen.locator(".slides").evaluate("(slides) => slides.wasHere") is True
    until(lambda: stand.feed.latest().revision in stand.painted, "the kiosk hears of it")
    screen.context.close()
