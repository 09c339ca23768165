"""The gateway's pages over a real database: a shop in Huế, its staff, and cards on their board."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contract.commands import Command
from contract.messages import Live
from contract.topics import KioskAddress
from gateway.core.roles import Role
from gateway.store.alerts import AlertRow
from gateway.store.staff import StaffRow
from runtime.errors import UnavailableError
from tests.fakes import FakeClock
from tests.gateway.shop import NOON_MS, STORE, Shop
from tests.web_ui.compiled import CACHE
from web_ui.console import means
from web_ui.console.means import Means
from web_ui.gateway_app import create_app
from web_ui.shared.hub import Hub

PIN = "2468"
# argon2id of PIN with the cheapest parameters: the real ones take 50 ms, here for every test.
PIN_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$EJ+aM9cQDUxRon6nhisOXQ$DM5q8nw1iHWPO8sDolxLBw8VKZ2fV6/ndHMwsh2OXwY"
)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class ShopClock(FakeClock):
    """A clock that stands at noon in Huế."""

    def utc(self) -> datetime:
        return datetime.fromtimestamp(NOON_MS / 1000 + self._elapsed.total_seconds(), UTC)


@dataclass
class Office:
    """The application, its database, and what it told the other pages."""

    folder: Path
    clock: ShopClock = field(default_factory=ShopClock)
    said: list[tuple[str, Live]] = field(default_factory=list)
    orders: list[tuple[str, str, str, str]] = field(default_factory=list)  # to doors
    kiosk_orders: list[Command] = field(default_factory=list)
    broker_is_away: bool = False
    card_keys: dict[int, str] = field(default_factory=dict)  # that sign entry cards
    url: str = ""  # set by who serves it

    def __post_init__(self) -> None:
        self.shop = Shop(self.folder)
        self.hub = Hub[Live]()
        self.app = create_app(self.shop.readers, self.clock, self.hub, self._say, b"k" * 32)
        self.app.jinja_env.bytecode_cache = CACHE
        given = Means(
            "https://card.example", self._open_door, self.card_keys, order_kiosk=self._order
        )
        means.install(self.app, given)
        with self.shop.writers.begin() as db:
            for staff, name, role in (
                ("hanh", "Hạnh", Role.STAFF),
                ("tu", "Tú", Role.STAFF),
                ("minh", "Minh", Role.MANAGER),
                ("lan", "Chị Lan", Role.OWNER),
            ):
                db.add(StaffRow(staff=staff, name=name, role=role, pin_hash=PIN_HASH))

    @property
    def now_ms(self) -> int:
        """Now, at the desk."""
        return int(self.clock.utc().timestamp() * 1000)

    def card(self, kind: str = "help", waited_s: int = 10, **columns: str | None) -> int:
        """Put a card on the board and return its id; it waits unless `columns` say otherwise."""
        given = {"store": STORE, "kiosk": "quay-1", "state": "offered", **columns}
        with self.shop.writers.begin() as db:
            row = AlertRow(kind=kind, offered_at_ms=self.now_ms - waited_s * 1000, **given)
            db.add(row)
            db.flush()
            return row.alert

    def at(self, staff: str) -> Browser:
        """A browser in which somebody has signed in."""
        browser = Browser(self.app.test_client())
        answer = browser.post("/sign-in", staff=staff, store=STORE, pin=PIN)
        assert answer.headers["Location"].endswith("/staff/")
        return browser

    def _open_door(self, at: KioskAddress, door: str, staff: str) -> None:
        if self.broker_is_away:
            raise UnavailableError("the broker did not take the order")
        self.orders.append((at.store, at.kiosk, door, staff))

    def _order(self, said: Command) -> None:
        if self.broker_is_away:
            raise UnavailableError("the broker did not take the order")
        self.kiosk_orders.append(said)

    def _say(self, store: str, live: Live) -> None:
        self.said.append((store, live))
        self.hub.publish(store, live)


@dataclass
class Browser:
    """A client that sends the form token of the page it saw last."""

    client: FlaskClient

    def get(self, path: str) -> str:
        """A page's text."""
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        text = answer.get_data(as_text=True)
        answer.close()  # as a server does when it has sent it
        return text

    def post(self, path: str, *, scripts: bool = False, **form: str) -> TestResponse:
        """Send a form, as htmx does if `scripts`."""
        page = self.client.get("/staff/", follow_redirects=True).get_data(as_text=True)
        token = TOKEN.search(page)
        assert token is not None
        headers = {"HX-Request": "true"} if scripts else {}
        return self.client.post(path, data={**form, "csrf_token": token[1]}, headers=headers)
