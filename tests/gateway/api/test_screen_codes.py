"""`POST /v1/screen-codes` in a web application of its own, on a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from msgspec import structs
from sqlalchemy import func, select

from contract import codec, screen_codes
from contract.events import Arrived, Scanned, Touch, Touched, Verdict
from contract.messages import KioskState, Level, Live, Noun, Show, ShownCode
from contract.screen_codes import Claim, digest
from contract.topics import KioskAddress
from gateway import service
from gateway.api.screen_codes import Desk, install
from gateway.core.screen_codes import CLAIMS
from gateway.screen_codes import NOBODYS_KEY
from gateway.store import phones as store_of_phones
from gateway.store import stores
from gateway.store.alerts import AlertRow
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Outbox, Shop, key_of, pass_of, shown

CODE, BEFORE = "5e551014c0ffee00", "5e551014c0ffee01"
QUAY = KioskAddress(STORE, "quay-1")


class Phones:
    """Members' phones before one kiosk, and the gateway they speak to."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.now_ms = NOON_MS
        self.shows: list[tuple[KioskAddress, Show]] = []
        app = Flask(__name__)
        install(app, Desk(shop.readers, lambda: self.now_ms, self._show))
        self.app = app
        self.quay = Outbox()

    def _show(self, address: KioskAddress, show: Show) -> None:
        self.shows.append((address, show))

    def kiosk_says(self, *codes: tuple[str, int], online: bool = True) -> None:
        told = tuple(ShownCode(digest(code), left_ms) for code, left_ms in codes)
        with self.shop.writers.begin() as db:
            state = KioskState("quay-1", online, codes=told)
            stores.keep_state(db, STORE, "quay-1", state, self.now_ms)

    def claim(self, member: str = NGOC, code: str = CODE, kiosk: str = "quay-1") -> Claim:
        return screen_codes.sign(key_of(member), Claim(member, 1, kiosk, code, "00" * 64))

    def post(self, body: Claim | bytes) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else codec.encode(body)
        answer = self.app.test_client().post("/v1/screen-codes", data=data)
        assert answer.json is not None
        assert answer.json["accepted"] is (answer.status_code == HTTPStatus.OK)
        return answer.status_code, answer.json["reason"]

    def touched(self, touch: Touch, code: str = CODE, after_ms: int = 1_000) -> service.Outcome:
        return self.shop.handle(self.quay.says(Touched(code, touch), NOON_MS + after_ms))

    @property
    def visits(self) -> list[VisitRow]:
        with self.shop.read() as db:
            return list(db.scalars(select(VisitRow).order_by(VisitRow.visit)))


@pytest.fixture
def phones(shop: Shop) -> Phones:
    shop.member()
    shop.member(HUY, name="Lê Huy", consents=frozenset())
    made = Phones(shop)
    made.kiosk_says((CODE, 90_000), (BEFORE, 30_000))
    return made


def test_a_claimed_code_asks_at_that_kiosk_with_a_masked_name_and_no_visit_begins(
    phones: Phones,
) -> None:
    assert phones.post(phones.claim()) == (HTTPStatus.OK, "accepted")

    [(address, show)] = phones.shows
    assert address == QUAY
    assert (show.session, show.level, show.masked_name) == (CODE, Level.CONFIRM, "N***")
    assert (show.name, show.points, show.offers, show.orders) == ("", 0, (), ())
    assert codec.decode(Show, codec.encode(show)) == show
    assert phones.visits == [], "a picture of the code may be anywhere"


def test_a_yes_at_the_screen_makes_it_personal_and_is_the_evidence(
    phones: Phones, shop: Shop
) -> None:
    shop.offer()
    phones.post(phones.claim())

    outcome = phones.touched(Touch.CONFIRM)

    [show] = shown(outcome)
    assert (show.session, show.level, show.name) == (CODE, Level.PERSONAL, "Ngọc")
    assert [offer.id for offer in show.offers] == ["tea"]
    [visit] = phones.visits
    assert (visit.member, visit.evidence, visit.confidence) == (NGOC, "screen_code", 0.95)
    assert (STORE, Live(Noun.VISIT, str(visit.visit))) in outcome.live


def test_who_agreed_to_nothing_has_their_page_all_the_same_as_by_a_pass(phones: Phones) -> None:
    phones.post(phones.claim(HUY))

    [show] = shown(phones.touched(Touch.CONFIRM))

    assert (show.level, show.name) == (Level.PERSONAL, "Huy")


@pytest.mark.parametrize("touch", [Touch.DENY, Touch.DONE, Touch.HELLO])
def test_without_a_yes_nobody_was_here_and_a_later_yes_is_nobodys(
    phones: Phones, touch: Touch
) -> None:
    phones.post(phones.claim())
    phones.touched(touch)

    [show] = shown(phones.touched(Touch.CONFIRM, after_ms=2_000))

    assert show.level is Level.REFUSED
    assert phones.visits == []


def test_tag_pass_and_screen_code_are_one_visit(phones: Phones, shop: Shop) -> None:
    shop.handle(phones.quay.says(Arrived(f"t-{NGOC}", "quay-1", -60), NOON_MS))
    phones.post(phones.claim())
    phones.touched(Touch.CONFIRM, after_ms=20_000)
    scanned = Scanned("0f" * 8, Verdict.GOOD, pass_of(NGOC, NOON_MS + 40_000))
    shop.handle(phones.quay.says(scanned, NOON_MS + 40_000))

    assert len(phones.visits) == 1


def test_staff_are_called_for_an_order_once(phones: Phones, shop: Shop) -> None:
    shop.order()
    phones.post(phones.claim())
    phones.touched(Touch.CONFIRM)
    phones.touched(Touch.CONFIRM, after_ms=2_000)

    with shop.read() as db:
        assert [card.kind for card in db.scalars(select(AlertRow))] == ["pick_up"]


def test_a_yes_that_comes_again_is_answered_again(phones: Phones, shop: Shop) -> None:
    phones.post(phones.claim())
    yes = phones.quay.says(Touched(CODE, Touch.CONFIRM), NOON_MS + 1_000)
    first = shown(shop.handle(yes))

    assert shown(shop.handle(yes)) == first


def test_of_many_phones_at_once_exactly_one_has_the_code(phones: Phones, shop: Shop) -> None:
    members = [f"{number:012x}" for number in range(16)]
    for member in members:
        shop.member(member)
    start = Barrier(len(members))

    def rush(member: str) -> str:
        claim = phones.claim(member)
        start.wait()
        return phones.post(claim)[1]

    with ThreadPoolExecutor(len(members)) as pool:
        answers = list(pool.map(rush, members))

    assert sorted(answers) == ["accepted"] + ["used"] * 15
    assert len(phones.shows) == 1
    with shop.read() as db:
        [row] = db.scalars(select(ScreenSessionRow))
    assert row.member == members[answers.index("accepted")]


def test_a_used_code_is_refused_to_whoever_comes_again(phones: Phones) -> None:
    claim = phones.claim()
    phones.post(claim)

    assert phones.post(claim) == (HTTPStatus.CONFLICT, "used")
    assert phones.post(phones.claim(HUY)) == (HTTPStatus.CONFLICT, "used")
    assert len(phones.shows) == 1


@pytest.mark.parametrize(
    ("code", "after_ms", "reason"),
    [(CODE, 89_999, "accepted"), (CODE, 90_000, "expired"), (BEFORE, 30_000, "expired")],
)
def test_a_code_is_good_for_as_long_as_its_kiosk_said(
    phones: Phones, code: str, after_ms: int, reason: str
) -> None:
    phones.now_ms += after_ms

    assert phones.post(phones.claim(code=code))[1] == reason


def test_a_code_is_good_at_its_own_kiosk_only(phones: Phones) -> None:
    assert phones.post(phones.claim(kiosk="quay-2"))[1] == "expired"
    assert phones.post(phones.claim(kiosk="nowhere"))[1] == "expired"


def test_a_kiosk_that_cannot_be_reached_uses_no_code_up(phones: Phones) -> None:
    phones.kiosk_says(online=False)
    assert phones.post(phones.claim()) == (HTTPStatus.SERVICE_UNAVAILABLE, "offline")

    phones.kiosk_says((CODE, 60_000))
    assert phones.post(phones.claim())[1] == "accepted"


def test_who_did_not_sign_learns_nothing_and_uses_nothing_up(phones: Phones) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    good = phones.claim()
    forged = [
        structs.replace(good, signature="00" * 64),
        screen_codes.sign(stranger, good),
        screen_codes.sign(stranger, phones.claim("00000000c003")),
        screen_codes.sign(key_of(NGOC), structs.replace(good, key_id=2)),
        structs.replace(phones.claim(code=BEFORE), code=CODE),
        structs.replace(phones.claim(HUY), member=NGOC),
    ]

    assert {phones.post(claim) for claim in forged} == {(HTTPStatus.FORBIDDEN, "refused")}
    assert phones.post(good)[1] == "accepted"


def test_the_key_that_stands_in_for_nobodys_is_nobodys(phones: Phones) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"nobody".ljust(32, b"\0"))
    assert key.public_key().public_bytes_raw() == NOBODYS_KEY

    for member in (NGOC, "00000000c003"):
        unknown = structs.replace(phones.claim(member), key_id=9)
        assert phones.post(screen_codes.sign(key, unknown))[1] == "refused"


def test_hostile_codes_leave_nothing_behind(phones: Phones, shop: Shop) -> None:
    for number in range(50):
        assert phones.post(phones.claim(code=f"{number:016x}"))[1] == "expired"
    for body in (b"", b"{}", b"\xff", codec.encode(phones.claim()) + b" " * 512):
        assert phones.post(body) == (HTTPStatus.BAD_REQUEST, "unreadable")

    with shop.read() as db:
        assert db.scalar(select(func.count()).select_from(ScreenSessionRow)) == 0
    assert phones.shows == []
    assert phones.post(phones.claim())[1] == "accepted", "guesses count against nobody"


def test_a_member_who_claims_code_after_code_is_slowed_down(phones: Phones) -> None:
    codes = [f"{number:016x}" for number in range(CLAIMS + 1)]
    for code in codes[:-1]:
        phones.kiosk_says((code, 90_000))
        assert phones.post(phones.claim(code=code))[1] == "accepted"
    phones.kiosk_says((codes[-1], 90_000))

    assert phones.post(phones.claim(code=codes[-1]))[1] == "too_often"
    assert phones.post(phones.claim(HUY, code=codes[-1]))[1] == "accepted"


def test_a_revoked_phone_claims_nothing(phones: Phones, shop: Shop) -> None:
    with shop.writers.begin() as db:
        store_of_phones.revoke(db, NGOC, None, NOON_MS)

    assert phones.post(phones.claim())[1] == "refused"
