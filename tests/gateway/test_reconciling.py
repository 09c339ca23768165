"""A vendor that goes silent is noticed; what it did not tell comes in all the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway import reconciling
from gateway.connections import Connection
from gateway.connector_care import Care
from gateway.core.changes import ConnectorKind
from gateway.core.connector_health import GRACE_MS, Trouble
from gateway.store import connectors
from gateway.store.connector_sight import Sight, sights
from runtime.errors import UnavailableError
from runtime.outbound import Outbound, Request, Response
from tests.gateway.porch import MINUTE_MS, Web, customer, order
from tests.gateway.shop import NOON_MS, Shop

PROMISED_MS = 15 * MINUTE_MS
BASE = "https://jsmith.myshopify.com/admin/api/2026-01"


def at(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms / 1000, UTC).isoformat()


@dataclass
class Vendor:
    """A Shopify that answers questions as documented, two things a page, or not at all."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    customers: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    logins: set[str] = field(default_factory=set)
    status: int = 200
    is_away: bool = False

    def send(self, request: Request) -> Response:
        if self.is_away:
            raise UnavailableError("jsmith.myshopify.com: nobody answers")
        self.asked.append(request.url)
        self.logins.add(request.headers["X-Shopify-Access-Token"])
        return Response(self.status, *self.page(request.url, "https://jsmith.myshopify.com"))

    def page(self, url: str, origin: str) -> tuple[dict[str, str], bytes]:
        parts = urlsplit(url)
        query = {name: texts[-1] for name, texts in parse_qs(parts.query).items()}
        noun = parts.path.rpartition("/")[2].removesuffix(".json")
        since = datetime.fromisoformat(query["updated_at_min"])
        every: Sequence[dict[str, Any]] = getattr(self, noun)
        fresh = [one for one in every if datetime.fromisoformat(one["updated_at"]) >= since]
        fresh.sort(key=lambda one: str(one["updated_at"]))
        start = int(query.get("page_info", "0"))
        headers = {}
        if len(fresh) > start + 2:
            more = f"{origin}{parts.path}?{parts.query}&page_info={start + 2}"
            headers["link"] = f'<{origin}/old>; rel="previous", <{more}>; rel="next"'
        return headers, json.dumps({noun: fresh[start : start + 2]}).encode()


class Watch:
    """A gateway with one connector, and a clock that a test moves a minute at a time."""

    def __init__(self, shop: Shop) -> None:
        self.vendor = Vendor()
        self.changed: list[int] = []  # when pages were told to look again
        self.web = Web(shop)
        self.web.connections = {
            "shopify": replace(self.web.connections["shopify"], url=BASE, token="t0ken")
        }
        self.care = Care(
            shop.readers,
            lambda: self.web.now_ms,
            self.web.connections,
            self.web.porch.refused,
            lambda _: self.vendor,
            lambda: self.changed.append(self.web.now_ms),
        )

    def pass_by(self, minutes: int) -> None:
        for _ in range(minutes):
            self.web.now_ms += MINUTE_MS
            self.care.look()

    @property
    def sight(self) -> Sight:
        identities = [one.identity for one in self.web.connections.values()]
        with self.web.shop.read() as db:
            return sights(db, identities, self.web.now_ms)[0]

    def is_silent(self) -> bool:
        return Trouble.SILENT in self.sight.troubles


@pytest.fixture
def watch(shop: Shop) -> Watch:
    made = Watch(shop)
    made.care.look()
    return made


@pytest.mark.parametrize("minute", [0, 1, 7, 8])
def test_who_does_not_tell_is_noticed_within_15_minutes(watch: Watch, minute: int) -> None:
    watch.web.shopify("orders/create", order(id=1))
    watch.care.apply()
    watch.pass_by(minute)
    happened_ms = watch.web.now_ms
    watch.vendor.orders = [order(updated_at=at(happened_ms), id=2, name="#2")]
    assert not watch.is_silent()

    while not watch.is_silent():
        watch.pass_by(1)
        assert watch.web.now_ms - happened_ms <= PROMISED_MS

    assert watch.sight.silent_since_ms == happened_ms
    assert watch.sight.missed == 1
    assert "#2" in watch.web.orders(), "what it did not tell came in all the same"
    assert watch.changed == [NOON_MS, watch.web.now_ms], "and pages look again"
    watch.web.shopify("orders/create", order(id=1))
    watch.care.apply()
    assert len(watch.changed) == 2, "a second time changes nothing"


def test_who_tells_within_two_minutes_is_not_silent_whenever_they_are_asked(watch: Watch) -> None:
    watch.pass_by(1)  # so that questions fall between a change and its delivery
    for number in range(1, 12):
        changed = order(updated_at=at(watch.web.now_ms), id=number, name=f"#{number}")
        watch.vendor.orders.append(changed)
        watch.pass_by(1)
        watch.web.now_ms += MINUTE_MS - 1
        watch.web.shopify("orders/create", changed)
        watch.care.apply()
        watch.web.now_ms += 1
        watch.care.look()
    watch.pass_by(15)

    assert watch.sight.missed == 0
    assert not watch.is_silent()


def test_silence_is_of_one_kind_of_thing_and_ends_when_that_is_told_again(watch: Watch) -> None:
    watch.vendor.customers = [customer(updated_at=at(watch.web.now_ms))]
    watch.pass_by(14)
    assert watch.is_silent()

    watch.web.shopify("orders/create", order(updated_at=at(watch.web.now_ms)))
    watch.care.apply()
    assert watch.is_silent(), "of customers nothing was told yet"

    watch.web.shopify("customers/update", customer(updated_at=at(watch.web.now_ms)))
    watch.care.apply()
    assert not watch.is_silent()


def test_the_first_look_takes_in_what_is_there_and_blames_nobody(shop: Shop) -> None:
    watch = Watch(shop)
    day_ms = 86_400_000
    for number, days in enumerate((1, 2, 3, 4, 29, 31), 1):
        changed = at(NOON_MS - days * day_ms)
        watch.vendor.orders.append(order(updated_at=changed, id=number, name=f"#{number}"))

    watch.care.look()

    assert watch.web.orders().keys() == {"#1", "#2", "#3", "#4", "#5"}, "every page, of a month"
    assert watch.sight.missed == 0
    assert watch.sight.troubles == [Trouble.NEVER_HEARD]
    assert watch.vendor.logins == {"t0ken"}
    assert "t0ken" not in repr(watch.web.connections)


def test_it_is_asked_every_ten_minutes_and_only_for_what_is_new(watch: Watch) -> None:
    watch.vendor.asked.clear()
    watch.pass_by(20)

    assert len(watch.vendor.asked) == 4
    since = parse_qs(urlsplit(watch.vendor.asked[-1]).query)["updated_at_min"]
    assert datetime.fromisoformat(since[0]).timestamp() * 1000 > watch.web.now_ms - PROMISED_MS * 2


@pytest.mark.parametrize("trouble", ["away", "error", "nonsense"])
def test_who_cannot_be_asked_is_said_and_nothing_is_lost(watch: Watch, trouble: str) -> None:
    changed_ms = watch.web.now_ms + MINUTE_MS
    watch.vendor.orders = [order(updated_at=at(changed_ms))]
    watch.vendor.is_away = trouble == "away"
    watch.vendor.status = 503 if trouble == "error" else 200
    if trouble == "nonsense":
        watch.vendor.page = lambda *_: ({}, b"<html>")  # type: ignore[method-assign]
    watch.pass_by(30)

    assert Trouble.UNANSWERED in watch.sight.troubles
    assert watch.sight.problem
    assert watch.web.orders() == {}

    watch.vendor.is_away, watch.vendor.status = False, 200
    watch.vendor.__dict__.pop("page", None)
    watch.pass_by(10)
    assert watch.web.orders().keys() == {"#501"}
    assert Trouble.UNANSWERED not in watch.sight.troubles
    assert watch.sight.silent_since_ms == changed_ms


def test_a_next_page_elsewhere_is_not_asked_for(watch: Watch) -> None:
    """Whoever could put it there would get our login."""
    link = '<https://evil.example/admin/api/2026-01/orders.json?page_info=2>; rel="next"'
    watch.vendor.page = lambda *_: ({"link": link}, b'{"orders":[],"customers":[]}')  # type: ignore[method-assign]
    watch.vendor.asked.clear()
    watch.pass_by(10)

    assert {urlsplit(url).hostname for url in watch.vendor.asked} == {"jsmith.myshopify.com"}


def test_what_was_refused_and_who_was_never_heard_is_seen(watch: Watch) -> None:
    assert watch.sight.troubles == [Trouble.NEVER_HEARD]
    watch.web.post("shopify", {}, "{}")
    watch.care.apply()
    assert watch.sight.troubles == [Trouble.REFUSED, Trouble.NEVER_HEARD]
    watch.pass_by(61)
    assert watch.sight.troubles == [Trouble.NEVER_HEARD]


def test_who_has_no_address_is_not_asked_and_that_is_said(shop: Shop) -> None:
    watch = Watch(shop)
    watch.web.connections["shopify"] = replace(watch.web.connections["shopify"], url=None)
    watch.care.look()

    assert watch.vendor.asked == []
    assert Trouble.NOT_ASKED in watch.sight.troubles


def test_every_vendor_that_is_asked_is_asked_as_documented(shop: Shop) -> None:
    """Over real HTTP: paths, login and pages of WooCommerce and of Standard Webhooks' senders."""
    told = json.dumps(
        {
            "type": "order.changed",
            "timestamp": at(NOON_MS - GRACE_MS),
            "data": {
                "id": "DH-1",
                "number": "DH 1",
                "items": 1,
                "unpaid_vnd": 0,
                "progress": "ready",
                "customer": {"id": "kh-1", "name": "An"},
            },
        }
    )
    sold = json.dumps(
        {
            "id": 9,
            "number": "9",
            "status": "processing",
            "currency": "VND",
            "total": "5",
            "date_modified_gmt": "2026-03-01T04:00:00",
        }
    )
    asked: list[tuple[str, str]] = []
    with serving(asked, {"/feed": f"[{told}]", "/wp-json/wc/v3/orders": f"[{sold}]"}) as port:
        web = Web(shop)
        for kind, path in ((ConnectorKind.WOOCOMMERCE, ""), (ConnectorKind.STANDARD, "/feed")):
            known = web.connections[kind]
            url = f"http://127.0.0.1:{port}{path}"
            one = replace(known, url=url, token="ck:cs", allow_private=True)
            reconciling.look(shop.readers, one, Outbound(one.allow_private), NOON_MS)
            with pytest.raises(AssertionError):
                check_answered(shop, replace(known, url=url), Outbound(), NOON_MS + PROMISED_MS)

    assert web.orders() == {"#9": ("placed", 5), "DH 1": ("ready", 0)}
    assert [login for _, login in asked] == ["Basic Y2s6Y3M=", "Bearer ck:cs"]
    assert "modified_after=2026-01-30T05%3A00%3A00Z&dates_are_gmt=true" in asked[0][0]


def check_answered(shop: Shop, one: Connection, ask: Outbound, now_ms: int) -> None:
    reconciling.look(shop.readers, one, ask, now_ms)
    with shop.read() as db:
        assert all(not row.problem for row in connectors.polls(db, one.name))


@contextmanager
def serving(asked: list[tuple[str, str]], pages: dict[str, str]) -> Iterator[int]:
    """A server of the vendor's, on this machine."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(pages[urlsplit(self.path).path].encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
