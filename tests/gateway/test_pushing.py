"""A card reaches a device whose owner is at work, asked and looks elsewhere; encrypted, once."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ValidationError

from gateway import owners_setup, pushing
from gateway.notify import web_push
from gateway.notify.web_push import Receiver, armoured
from gateway.pushing import AGAIN_MS, LOOKS_WITHIN_MS, TRIES, Fronts, Pusher
from gateway.settings import GatewaySettings, Push
from gateway.store import alerts, push_subscriptions, staff
from gateway.store.alert_rows import AlertRow
from gateway.store.push_subscriptions import DEVICES_MAX, Device, PushSubscriptionRow
from gateway.store.staff import StaffRow
from runtime.errors import UnavailableError
from runtime.outbound import Outbound, Request, Response
from tests.fakes import FakeClock
from tests.gateway.notify.test_web_push import opened
from tests.gateway.shop import NOON_MS, STORE, Shop

AUTH = armoured(b"sixteen bytes!!!")


@dataclass
class Phone:
    """Somebody's browser: it alone can read what its push service holds."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    host: str = "https://fcm.googleapis.com/send/"

    @property
    def device(self) -> Device:
        public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Device(f"{self.host}{self.name}", armoured(public), AUTH, "vi")

    def reads(self, body: bytes) -> dict[str, str]:
        text = opened(body, self.key, Receiver(self.device.public_key, AUTH))
        said: dict[str, str] = msgspec.json.decode(text)
        return said


@dataclass
class Service:
    """A push service that answers as a test wants."""

    status: int | None = 201
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        if self.status is None:
            raise UnavailableError("nobody answers")
        return Response(self.status, {}, b"")

    @property
    def told(self) -> list[str]:
        return [request.url.rpartition("/")[2] for request in self.requests]


class Floor:
    """Two at work, each with a phone; a pusher, and a clock."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.shop, self.service, self.now_ms = shop, Service(), NOON_MS
        self.phones = {name: Phone(name) for name in ("hanh", "tu")}
        with shop.writers.begin() as db:
            for name in self.phones:
                db.add(StaffRow(staff=name, name=name, role="staff", pin_hash=""))
            db.flush()
            for name, phone in self.phones.items():
                staff.begin_duty(db, name, STORE, NOON_MS)
                push_subscriptions.keep(db, phone.device, (name, STORE, 0), NOON_MS)
        sender = web_push.opened(folder / "push.key", "mailto:shop@example.vn")
        settings = Push(contact="mailto:shop@example.vn")
        self.pusher = Pusher(
            shop.readers, sender, settings, Fronts(), self.service, lambda: self.now_ms
        )

    def card(self, asks: str | None = "hanh", kind: str = "help") -> int:
        with self.shop.writers.begin() as db:
            row = AlertRow(
                store=STORE,
                kiosk="quay-1",
                kind=kind,
                state="offered",
                asks=asks,
                offered_at_ms=self.now_ms,
            )
            db.add(row)
            db.flush()
            return row.alert

    def rounds(self, for_ms: int = LOOKS_WITHIN_MS + 2_000) -> None:
        end_ms = self.now_ms + for_ms
        while self.now_ms < end_ms:
            self.pusher.round()
            self.now_ms += 1_000

    @property
    def kept(self) -> list[str]:
        with self.shop.read() as db:
            return sorted(row.staff for row in db.query(PushSubscriptionRow))


@pytest.fixture
def floor(shop: Shop, tmp_path: Path) -> Floor:
    return Floor(shop, tmp_path)


def test_who_is_asked_and_looks_elsewhere_is_told_where_once_and_nobody_else(floor: Floor) -> None:
    card = floor.card()
    floor.rounds()
    floor.rounds()

    assert floor.service.told == ["hanh"]
    [request] = floor.service.requests
    said = floor.phones["hanh"].reads(request.body)
    assert said == {"title": "Có khách cần hỗ trợ ở Quầy 1", "tag": f"card-{card}"}
    assert request.headers["TTL"] == "90"
    assert request.headers["Content-Encoding"] == "aes128gcm"
    assert request.headers["Authorization"].startswith("vapid t=")


def test_a_card_that_asks_everybody_reaches_every_device_in_its_own_language(floor: Floor) -> None:
    english = Phone("english")
    with floor.shop.writers.begin() as db:
        device = replace(english.device, language="en")
        push_subscriptions.keep(db, device, ("hanh", STORE, 0), NOON_MS)
    floor.card(asks=None, kind="door")
    floor.rounds()

    assert sorted(floor.service.told) == ["english", "hanh", "tu"]
    body = next(one.body for one in floor.service.requests if one.url.endswith("english"))
    assert english.reads(body)["title"] == "The door at Quầy 1 needs a look"


def test_whose_board_lies_open_in_front_is_told_nothing(floor: Floor) -> None:
    floor.rounds()
    floor.card(asks=None)
    floor.pusher.round()
    floor.now_ms += 3_000
    floor.pusher.fronts.looked("hanh", floor.now_ms)
    floor.rounds()

    assert floor.service.told == ["tu"]


def test_an_old_look_at_the_board_is_none(floor: Floor) -> None:
    floor.pusher.fronts.looked("hanh", floor.now_ms)
    floor.now_ms += 60_000
    floor.card()
    floor.rounds()

    assert floor.service.told == ["hanh"]


def test_a_card_somebody_takes_at_once_wakes_nobody(floor: Floor) -> None:
    card = floor.card()
    floor.pusher.round()
    with floor.shop.writers.begin() as db:
        alerts.claim(db, card, "tu", floor.now_ms)
    floor.rounds()

    assert floor.service.told == []


@pytest.mark.parametrize(
    "how", ["home", "signed out everywhere", "gone from the shop", "elsewhere"]
)
def test_who_is_not_at_work_here_is_told_nothing(floor: Floor, how: str) -> None:
    with floor.shop.writers.begin() as db:
        row = db.get_one(StaffRow, "hanh")
        match how:
            case "home":
                staff.end_duty(db, "hanh")
            case "signed out everywhere":
                row.session += 1
            case "gone from the shop":
                row.disabled_at_ms = floor.now_ms
            case _:
                row.duty_store = "hoi-an-1"
    floor.card(asks=None)
    floor.rounds()

    assert floor.service.told == ["tu"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(floor: Floor, status: int) -> None:
    floor.service.status = status
    floor.card()
    floor.rounds()

    assert floor.kept == ["tu"]


@pytest.mark.parametrize("status", [None, 429, 500])
def test_a_service_that_is_busy_is_asked_three_times_and_let_be(
    floor: Floor, status: int | None
) -> None:
    floor.service.status = status
    floor.card()
    floor.rounds(LOOKS_WITHIN_MS + 5 * AGAIN_MS)

    assert floor.service.told == ["hanh"] * TRIES
    assert floor.kept == ["hanh", "tu"]


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_refusal_for_good_is_not_repeated(floor: Floor, status: int) -> None:
    floor.service.status = status
    floor.card()
    floor.rounds(LOOKS_WITHIN_MS + 3 * AGAIN_MS)

    assert floor.service.told == ["hanh"]
    assert floor.kept == ["hanh", "tu"]


def test_an_address_that_is_no_push_services_is_never_called_and_forgotten(floor: Floor) -> None:
    near = Phone("inside", host="http://127.0.0.1:1/")
    broken = Device("https://fcm.googleapis.com/send/keyless", "AAAA", AUTH, "vi")
    with floor.shop.writers.begin() as db:
        for device in (near.device, broken):
            assert not floor.pusher.accepts(device)
            push_subscriptions.keep(db, device, ("hanh", STORE, 0), NOON_MS)
    floor.card()
    floor.rounds()

    assert floor.service.told == ["hanh"]
    assert floor.kept == ["hanh", "tu"]


def test_one_person_has_so_many_devices_and_a_browser_one_person(floor: Floor) -> None:
    with floor.shop.writers.begin() as db:
        for number in range(DEVICES_MAX):
            device = Phone(f"phone-{number}").device
            push_subscriptions.keep(db, device, ("hanh", STORE, 0), NOON_MS + 1 + number)
        push_subscriptions.keep(db, floor.phones["tu"].device, ("lan", STORE, 0), NOON_MS)

    assert floor.kept == ["hanh"] * DEVICES_MAX + ["lan"]


@contextmanager
def service_on_loopback() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    got: list[tuple[dict[str, str], bytes]] = []

    class Takes(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Takes)
    thread = threading.Thread(target=server.serve_forever, name="push-service")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_real_service_gets_what_only_the_browser_can_read(floor: Floor, tmp_path: Path) -> None:
    with service_on_loopback() as (url, got):
        phone = Phone("counter", host=url)
        with floor.shop.writers.begin() as db:
            push_subscriptions.keep(db, phone.device, ("tu", STORE, 0), NOON_MS)
        settings = Push(contact="https://shop.example", services=("127.0.0.1",), allow_private=True)
        sender = web_push.opened(tmp_path / "push.key", settings.contact)
        pusher = Pusher(
            floor.shop.readers,
            sender,
            settings,
            Fronts(),
            Outbound(allow_private=True, resolve=lambda host, _port: [host]),
            lambda: floor.now_ms,
        )
        with floor.shop.writers.begin() as db:
            push_subscriptions.forget(db, floor.phones["tu"].device.id)
        floor.card(asks="tu")
        pusher.round()
        floor.now_ms += LOOKS_WITHIN_MS

        assert pusher.round() == 1

    [(headers, body)] = got
    assert "Quầy" not in body.decode("latin-1")
    assert phone.reads(body)["title"] == "Có khách cần hỗ trợ ở Quầy 1"
    assert headers["Urgency"] == "high"


def test_a_gateway_pushes_if_its_settings_want_it_by_a_key_beside_the_erasure_key(
    shop: Shop, tmp_path: Path
) -> None:
    place = f"sqlite:///{tmp_path / 'hien.db'}"
    without = GatewaySettings(database=place)
    asked = GatewaySettings(database=place, push=Push(contact="mailto:shop@example.vn"))

    assert pushing.opened(without, shop.readers, FakeClock()) is None
    pusher = pushing.opened(asked, shop.readers, FakeClock())
    assert pusher is not None
    public_key, accepts, _ = pusher.offers()
    assert len(public_key) == 87
    assert accepts(Phone("one").device)
    assert (tmp_path / "push.key").exists()
    assert owners_setup.setup(without).recipients == ()
    [told] = owners_setup.setup(asked).recipients
    assert (told.name, told.is_abroad) == ("push", True)


@pytest.mark.parametrize("contact", ["", "shop@example.vn", "mailto:", "http://shop.example"])
def test_whom_services_may_write_to_is_a_mail_or_a_page(contact: str) -> None:
    with pytest.raises(ValidationError):
        Push(contact=contact)
