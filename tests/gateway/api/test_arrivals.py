"""`POST /v1/arrivals` in the gateway's own web application, on a real database."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from io import RawIOBase

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from msgspec import structs
from sqlalchemy import Connection, event, select

from contract import arrivals, codec
from contract.arrivals import Arrival
from contract.events import Arrived, Left, Scanned, Verdict
from contract.messages import KioskState, Live, Noun
from gateway.api.arrivals import Reception, install
from gateway.arrivals import NOBODYS_KEY
from gateway.core.consent import Purpose
from gateway.store import stores
from gateway.store.alerts import AlertRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Outbox, Shop, key_of, pass_of

BEACON = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:7:1"
SECOND = BEACON[:-1] + "2"


class App:
    """A member's app, and the gateway it speaks to."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.now_ms = NOON_MS
        self.said: list[tuple[str, Live]] = []
        app = Flask(__name__)
        reception = Reception(
            shop.readers, lambda: self.now_ms, lambda store, live: self.said.append((store, live))
        )
        install(app, reception)
        self.client: FlaskClient = app.test_client()
        self.nonce = 0

    def words(self, member: str = NGOC, beacon: str = BEACON, ago_ms: int = 0) -> Arrival:
        self.nonce += 1
        heard_ms, nonce = self.now_ms - ago_ms, f"{self.nonce:032x}"
        unsigned = Arrival(member, 1, beacon, heard_ms, nonce, "00" * 64)
        return arrivals.sign(key_of(member), unsigned)

    def post(self, body: Arrival | bytes) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else codec.encode(body)
        answer = self.client.post("/v1/arrivals", data=data)
        assert answer.json is not None
        assert answer.json.keys() == {"accepted", "reason"}
        assert answer.json["accepted"] is (answer.status_code == HTTPStatus.OK)
        return answer.status_code, answer.json["reason"]

    @property
    def visits(self) -> Sequence[VisitRow]:
        with self.shop.read() as db:
            return db.scalars(select(VisitRow).order_by(VisitRow.visit)).all()


@pytest.fixture
def app(shop: Shop) -> App:
    shop.member()
    shop.member(HUY, consents=frozenset(set(Purpose) - {Purpose.PRESENCE}))
    with shop.writers.begin() as db:
        for kiosk, beacon in (("quay-1", BEACON), ("quay-2", SECOND)):
            stores.keep_state(db, STORE, kiosk, KioskState(kiosk, True, beacon=beacon), NOON_MS)
    return App(shop)


def test_a_phone_that_heard_a_kiosk_opens_a_visit_there_and_pages_are_told(app: App) -> None:
    assert app.post(app.words(ago_ms=5_000)) == (HTTPStatus.OK, "accepted")

    [visit] = app.visits
    assert (visit.member, visit.store, visit.kiosk) == (NGOC, STORE, "quay-1")
    assert (visit.first_at_ms, visit.evidence) == (NOON_MS - 5_000, "phone")
    assert visit.heard_by == 0
    assert (STORE, Live(Noun.VISIT, str(visit.visit))) in app.said


def test_a_clock_that_is_ahead_does_not_make_visits_in_the_future(app: App) -> None:
    app.post(app.words(ago_ms=-30_000))

    assert app.visits[0].last_at_ms == NOON_MS


def test_phone_radio_and_code_are_one_visit_whoever_comes_first(app: App, shop: Shop) -> None:
    quay = Outbox()
    app.post(app.words())
    shop.handle(quay.says(Arrived(f"t-{NGOC}", "quay-1", -60), NOON_MS + 20_000))
    scanned = Scanned("0f" * 8, Verdict.GOOD, pass_of(NGOC, NOON_MS + 30_000))
    shop.handle(quay.says(scanned, NOON_MS + 30_000))
    app.now_ms = NOON_MS + 60_000
    app.post(app.words(beacon=SECOND))
    shop.handle(quay.says(Left(f"t-{NGOC}", "quay-1", 60.0), NOON_MS + 80_000))

    [visit] = app.visits
    assert (visit.first_at_ms, visit.last_at_ms) == (NOON_MS, NOON_MS + 80_000)
    assert (visit.confidence, visit.heard_by) == (0.95, 0)


def test_a_phone_keeps_a_visit_open_across_a_gap_of_the_radio(app: App, shop: Shop) -> None:
    quay = Outbox()
    shop.handle(quay.says(Arrived(f"t-{NGOC}", "quay-1", -60)))
    shop.handle(quay.says(Left(f"t-{NGOC}", "quay-1", 0.0), NOON_MS))
    app.now_ms = NOON_MS + 100_000
    app.post(app.words())
    shop.handle(quay.says(Arrived(f"t-{NGOC}", "quay-1", -60), NOON_MS + 200_000))

    assert len(app.visits) == 1


def test_staff_get_one_card_however_often_a_phone_reports(app: App, shop: Shop) -> None:
    shop.order()
    for _ in range(3):
        assert app.post(app.words())[0] == HTTPStatus.OK

    with shop.read() as db:
        assert [card.kind for card in db.scalars(select(AlertRow))] == ["pick_up"]


def test_an_arrival_counts_once(app: App) -> None:
    words = app.words()
    assert app.post(words)[0] == HTTPStatus.OK
    before = [(visit.first_at_ms, visit.last_at_ms) for visit in app.visits]
    app.now_ms += 60_000

    assert app.post(words) == (HTTPStatus.CONFLICT, "replayed")
    assert [(visit.first_at_ms, visit.last_at_ms) for visit in app.visits] == before


def test_a_replay_at_another_process_says_the_same_and_changes_nothing(app: App) -> None:
    words = app.words()
    app.post(words)
    other = App(app.shop)
    other.now_ms += 60_000

    other.post(words)

    assert [(visit.first_at_ms, visit.last_at_ms) for visit in app.visits] == [(NOON_MS, NOON_MS)]


def test_who_did_not_sign_learns_nothing_whoever_they_name(app: App) -> None:
    """Not whether there is such a member, phone, consent or beacon, nor what time it is."""
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    genuine, elsewhere = app.words(), "ibeacon:elsewhere"
    claims = [
        structs.replace(genuine, signature="00" * 64),
        arrivals.sign(stranger, genuine),
        arrivals.sign(stranger, app.words(HUY)),
        arrivals.sign(stranger, app.words("00000000c003")),
        arrivals.sign(key_of(NGOC), structs.replace(genuine, key_id=2)),
        arrivals.sign(key_of(HUY), structs.replace(genuine, nonce="0e" * 16)),
        arrivals.sign(stranger, app.words(beacon=elsewhere)),
        arrivals.sign(stranger, app.words(ago_ms=10**9)),
        structs.replace(genuine, heard_ms=genuine.heard_ms + 1),
    ]

    assert {app.post(claim) for claim in claims} == {(HTTPStatus.FORBIDDEN, "refused")}
    assert app.visits == []
    assert app.post(genuine)[0] == HTTPStatus.OK  # none of them has used it up


@pytest.mark.parametrize(
    ("member", "beacon", "ago_ms", "reason"),
    [
        (HUY, BEACON, 0, "consent_missing"),
        (NGOC, "ibeacon:elsewhere", 0, "unknown_beacon"),
        (NGOC, BEACON[:-1], 0, "unknown_beacon"),  # the beginning of a beacon is none
        (NGOC, BEACON, 120_001, "old"),
        (NGOC, BEACON, -60_001, "early"),
    ],
)
def test_who_signed_is_told_why_it_does_not_count(
    app: App, member: str, beacon: str, ago_ms: int, reason: str
) -> None:
    assert app.post(app.words(member, beacon, ago_ms))[1] == reason
    assert app.visits == []
    assert app.said == []


def test_the_kiosk_that_said_so_last_has_the_beacon(app: App, shop: Shop) -> None:
    with shop.writers.begin() as db:
        state = KioskState("quay-2", True, beacon=BEACON)
        stores.keep_state(db, STORE, "quay-2", state, NOON_MS + 1)

    app.post(app.words())

    assert app.visits[0].kiosk == "quay-2"


def test_the_key_that_stands_in_for_nobodys_is_nobodys(app: App) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"nobody".ljust(32, b"\0"))
    assert key.public_key().public_bytes_raw() == NOBODYS_KEY

    for member in (NGOC, "00000000c003"):
        unknown = structs.replace(app.words(member), key_id=9)
        assert app.post(arrivals.sign(key, unknown))[1] == "refused"


def test_a_beacon_is_matched_to_the_letter(app: App, shop: Shop) -> None:
    with shop.writers.begin() as db:
        state = KioskState("quay-2", True, beacon="IBEACON:ABC")
        stores.keep_state(db, STORE, "quay-2", state, NOON_MS)

    assert app.post(app.words(beacon="ibeacon:abc"))[1] == "unknown_beacon"


def test_what_is_too_long_is_not_even_taken_in(app: App) -> None:
    class Unread(RawIOBase):
        def readable(self) -> bool:
            return True

        at = 0

        def seek(self, _offset: int, whence: int = 0, /) -> int:
            self.at = 1_025 if whence else 0  # the test client looks how long it is
            return self.at

        def tell(self) -> int:
            return self.at

        def readinto(self, _buffer: object, /) -> int:
            raise AssertionError("it was read")

    answer = app.client.post("/v1/arrivals", input_stream=Unread())

    assert answer.json == {"accepted": False, "reason": "unreadable"}


def test_what_cannot_be_read_is_no_arrival(app: App) -> None:
    for body in (b"", b"{}", b"\xff", codec.encode(app.words()) + b" " * 1_024):
        assert app.post(body) == (HTTPStatus.BAD_REQUEST, "unreadable")


def test_what_could_not_be_kept_may_come_again(app: App, shop: Shop) -> None:
    words = app.words()

    def fail(connection: Connection) -> None:
        if connection.get_execution_options().get("will_write"):
            raise OSError("the disk is full")

    event.listen(shop.engine, "begin", fail)
    assert app.client.post("/v1/arrivals", data=codec.encode(words)).status_code == 500
    event.remove(shop.engine, "begin", fail)

    assert app.post(words)[1] == "accepted"
