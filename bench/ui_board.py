"""The staff's board and the gateway's streams: how soon one sees a card, and two hundred."""

from __future__ import annotations

import http.client
import re
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep, time

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy.orm import Session, sessionmaker

from bench.bare_page import bare_page
from bench.browsing import kept, opened, p95, seen, slow_page
from bench.living_demo import chromium
from bench.measure import Result
from contract.messages import Live, Noun
from gateway.core.roles import Role
from gateway.store import base, migrations
from gateway.store.alert_rows import AlertRow
from gateway.store.staff import StaffRow, hash_pin
from gateway.store.stores import KioskRow, StoreRow
from runtime.clock import SystemClock, unix_ms
from web_ui.gateway_app import STREAMS, THREADS, create_app
from web_ui.shared.hub import Hub
from web_ui.shared.serving import Server

SIZE = (1280, 800)
STORE, PIN = "hue-1", "2468"
EVENTS, LOADS, ROUNDS = 40, 5, 40
MOST_CARDS = 12  # on the board at once, as in a busy hour
REST_S = 0.3  # between two cards of one board
EVENTS_KEPT, EVENTS_A_CARD = 10_000, 20
WARM_UP = 600  # events after which caches and compiled scripts have grown to their size
PACE_S = 0.004  # of these, ten busy hours in a minute
SETTLES_S = 1.0  # what followed the last card is drawn by then
PAUSE_S = 0.05  # between two events for all streams
ARRIVES_WITHIN_S = 10.0
WRITES_TO_NOTICE = 4  # a server sees a closed stream at the second write, at the latest
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# When a card stands on the glass: two frames after it came into the document.
SEE = """() => {
  const seen = {}, wanted = {};
  const note = () => {
    for (const card of document.querySelectorAll('[id^=card-]')) {
      if (card.id in seen) continue;
      seen[card.id] = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => {
        seen[card.id] = performance.timeOrigin + performance.now();
        wanted[card.id]?.(seen[card.id]);
      }));
    }
  };
  note();
  const cards = document.getElementById('cards');
  new MutationObserver(note).observe(cards, {childList: true, subtree: true});
  window.seenMs = (id) => seen[id] || new Promise((tell) => { wanted[id] = tell; });
}"""


@dataclass
class Board:
    """The gateway's application, its database and its speaker."""

    app: Flask
    writers: sessionmaker[Session]
    hub: Hub[Live]
    port: int
    cookie: str

    def card(self) -> int:
        """Put a card on the board and say so to every page; the oldest leave when it is full."""
        with self.writers.begin() as db:
            row = AlertRow(
                kind="help",
                store=STORE,
                kiosk="quay-1",
                state="offered",
                offered_at_ms=unix_ms(SystemClock().utc()),
            )
            db.add(row)
            db.flush()
            alert = row.alert
            gone = db.get(AlertRow, alert - MOST_CARDS)
            if gone is not None:
                db.delete(gone)
        self.hub.publish(STORE, Live(Noun.ALERT, str(alert)))
        return alert


@contextmanager
def served() -> Iterator[Board]:
    """A gateway's pages behind a port, and somebody who is signed in."""
    with TemporaryDirectory() as folder:
        engine = base.connect(f"sqlite:///{Path(folder) / 'hien.db'}")
        migrations.upgrade(engine)
        writers, hub = base.writers(engine), Hub[Live]()
        with writers.begin() as db:
            db.add(StoreRow(store=STORE, name="An Nhiên", store_no=7))
            db.add(StaffRow(staff="lan", name="Lan", role=Role.OWNER, pin_hash=hash_pin(PIN)))
            db.flush()
            db.add(KioskRow(store=STORE, kiosk="quay-1", name="Quầy 1"))
        app = create_app(base.readers(engine), SystemClock(), hub, hub.publish, b"k" * 32)
        server = Server(app, "127.0.0.1", 0, THREADS)
        server.start()
        try:
            yield Board(app, writers, hub, server.port, _signed_in(app))
        finally:
            hub.close()
            server.stop()
            engine.dispose()


def run() -> list[Result]:
    """Everything about the board and the streams."""
    with served() as board:
        with chromium() as browser:
            seen = [*_first_load(browser, board), *_cards(browser, board)]
            lasts = _memory(browser, board)
        return [*seen, *lasts, *_streams(board)]


def _signed_in(app: Flask) -> str:
    client = app.test_client()
    token = TOKEN.search(client.get("/sign-in").get_data(as_text=True))
    assert token is not None
    form = {"staff": "lan", "store": STORE, "pin": PIN, "csrf_token": token[1]}
    client.post("/sign-in", data=form)
    cookie = client.get_cookie("hien")
    assert cookie is not None
    return cookie.value


def _cookies(board: Board) -> list[dict[str, str]]:
    return [{"name": "hien", "value": board.cookie, "url": _url(board)}]


def _url(board: Board) -> str:
    return f"http://127.0.0.1:{board.port}/staff/"


def _first_load(browser: Browser, board: Board) -> list[Result]:
    for _ in range(MOST_CARDS):
        board.card()
    largest_ms, weight = [], None
    for _ in range(LOADS):
        with slow_page(browser, SIZE, _cookies(board)) as (page, _debugger):
            weight = opened(page, _url(board))
            largest_ms.append(page.evaluate("window.largestMs"))
    assert weight is not None
    return [
        Result("staff-largest-paint-6x", round(median(largest_ms)), "ms", None, None),
        Result("staff-page", round(weight.all_bytes / 1024), "KB", None, None),
        Result("staff-scripts-gz", round(weight.scripts_gz_bytes / 1024, 1), "KB", None, None),
        Result("staff-external-requests", len(weight.strangers), "requests", None, None),
    ]


def _cards(browser: Browser, board: Board) -> list[Result]:
    took_ms, bare_ms = [], []
    with (
        bare_page(browser, SIZE) as bare,
        slow_page(browser, SIZE, _cookies(board)) as (page, _debugger),
    ):
        opened(page, _url(board))
        page.evaluate(SEE)
        for _ in range(EVENTS):
            began_ms = time() * 1000
            card = board.card()
            seen_ms: float = page.evaluate("(id) => window.seenMs(id)", f"card-{card}")
            took_ms.append(seen_ms - began_ms)
            bare_ms.append(bare.change_ms())
            sleep(REST_S)
    return seen("staff-event-to-pixels-6x", took_ms, bare_ms)


def _memory(browser: Browser, board: Board) -> list[Result]:
    """What a board keeps after ten thousand events, every twentieth of them a new card."""
    with slow_page(browser, SIZE, _cookies(board), slower=1) as (page, debugger):
        debugger.send("Performance.enable")
        opened(page, _url(board))
        page.evaluate(SEE)

        def happen(events: int) -> dict[str, float]:
            card = board.card()
            for number in range(1, events):
                if number % EVENTS_A_CARD == 0:
                    card = board.card()
                else:
                    board.hub.publish(STORE, Live(Noun.VISIT, str(number)))
                sleep(PACE_S)
            page.evaluate("(id) => window.seenMs(id)", f"card-{card}")
            sleep(SETTLES_S)
            return kept(debugger)

        before, after = happen(WARM_UP), happen(EVENTS_KEPT)
    grown = (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 2**20
    listeners = after["JSEventListeners"] - before["JSEventListeners"]
    return [
        Result("staff-heap-growth-10000-events", round(grown, 2), "MB", None, None),
        Result("staff-listeners-growth", listeners, "listeners", None, None),
        Result("staff-nodes-growth", after["Nodes"] - before["Nodes"], "nodes", None, None),
    ]


def _streams(board: Board) -> list[Result]:
    """As many streams as there may be: each hears each event; one more is refused at once."""
    for _ in range(WRITES_TO_NOTICE):  # that the browsers before have gone
        board.hub.publish(STORE, Live(Noun.KIOSK, "quay-1"))
        sleep(10 * PAUSE_S)
    with ExitStack() as open_streams:
        streams = [open_streams.enter_context(_stream(board)) for _ in range(STREAMS)]
        refused = http.client.HTTPConnection("127.0.0.1", board.port, timeout=ARRIVES_WITHIN_S)
        refused.request("GET", "/live", headers={"Cookie": f"hien={board.cookie}"})
        status = refused.getresponse().status
        refused.close()
        asked_ms: list[float] = []
        ends = threading.Event()
        asker = threading.Thread(target=_ask, args=(board, asked_ms, ends), name="asker")
        asker.start()
        heard_ms = _hear(board, streams)
        ends.set()
        asker.join()
    return [
        Result("streams", len(streams), "streams", None, None),
        Result("stream-event-p95", p95(heard_ms), "ms", None, None),
        Result("ordinary-request-beside-streams-p95", p95(asked_ms), "ms", None, None),
        Result("one-stream-more", status, "status", None, None),
    ]


@contextmanager
def _stream(board: Board) -> Iterator[socket.socket]:
    """An open stream that has said hello."""
    with socket.create_connection(("127.0.0.1", board.port), timeout=ARRIVES_WITHIN_S) as stream:
        ask = f"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: hien={board.cookie}\r\n\r\n"
        stream.sendall(ask.encode())
        said = b""
        while b"retry:" not in said:
            more = stream.recv(4096)
            if not more or b" 503 " in said:
                raise RuntimeError(f"a stream was refused: {said[:60]!r}")
            said += more
        yield stream


def _hear(board: Board, streams: list[socket.socket]) -> list[float]:
    heard_ms: list[float] = []
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        for number in range(ROUNDS):
            mark = f"data: round-{number}\n".encode()
            deaf = set(streams)
            began_s = monotonic()
            board.hub.publish(STORE, Live(Noun.KIOSK, f"round-{number}"))
            while deaf and monotonic() - began_s < ARRIVES_WITHIN_S:
                for key, _mask in selector.select(ARRIVES_WITHIN_S):
                    said = key.fileobj.recv(4096)  # type: ignore[union-attr]
                    if mark in said:
                        heard_ms.append((monotonic() - began_s) * 1000)
                        deaf.discard(key.fileobj)
            if deaf:
                raise RuntimeError(f"{len(deaf)} streams did not hear round {number}")
            sleep(PAUSE_S)
    return heard_ms


def _ask(board: Board, took_ms: list[float], ends: threading.Event) -> None:
    """The list of cards, again and again, as a board asks for it."""
    connection = http.client.HTTPConnection("127.0.0.1", board.port, timeout=ARRIVES_WITHIN_S)
    while not ends.is_set():
        began_s = monotonic()
        connection.request("GET", "/staff/cards", headers={"Cookie": f"hien={board.cookie}"})
        connection.getresponse().read()
        took_ms.append((monotonic() - began_s) * 1000)
        ends.wait(PAUSE_S)
    connection.close()
