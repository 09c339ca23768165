"""Who asks to be let in without a code from us, and what an owner's word makes of it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from contract import codec, petitions
from contract.petitions import (
    INQUIRY_PATH,
    LIFE_MS,
    NONCE_BYTES,
    PETITION_PATH,
    Answer,
    Inquiry,
    Petition,
    Stage,
)
from contract.topics import KioskAddress
from firmware_config import certificates
from gateway.enrolment import MISSES_MAX, Registrar, key_digest
from gateway.petitions import ISSUED_AFTER_MS, Petitions, Told
from gateway.store import kiosk_certificates, newcomers, stores
from gateway.store.newcomers import WAITING_MAX, Verdict
from runtime.clock import unix_ms
from tests.fakes import FakeClock
from tests.gateway.shop import STORE, STORE_NO, Shop

QUAY, NEW = KioskAddress(STORE, "quay-1"), KioskAddress(STORE, "quay-3")
NONCE = b"n" * NONCE_BYTES
KEY, OTHER = certificates.new_key(), certificates.new_key()
HOUSE = b"h" * 32
ISSUERS = {"1": "ab" * 32}
HERE = "192.168.7.31"


class Door:
    """A registrar with its clock, and machines that knock."""

    def __init__(self, folder: Path) -> None:
        self.shop, self.clock = Shop(folder), FakeClock()
        authority = certificates.new_authority("hien kiosks", self.clock.utc())
        self.registrar = Registrar(self.shop.writers, authority, "the house", self.clock)
        self.news = 0
        told = Told(HOUSE, ISSUERS, "https://card.example")
        petition = Petitions(
            self.shop.writers, self.clock, told, self.registrar.issue, self.changed
        )
        self.registrar.others.update({PETITION_PATH: petition.note, INQUIRY_PATH: petition.answer})

    def changed(self) -> None:
        self.news += 1

    @property
    def now_ms(self) -> int:
        return unix_ms(self.clock.utc())

    def post(self, path: str, body: bytes) -> tuple[HTTPStatus, bytes]:
        return self.registrar.answer("POST", path, body, HERE)

    def knock(self, key: EllipticCurvePrivateKey = KEY, wish: str = "") -> HTTPStatus:
        """Ask; the gateway's number is kept."""
        request = certificates.request("somebody", key).decode()
        said = Petition(request, petitions.commitment(NONCE), wish)
        status, body = self.post(PETITION_PATH, codec.encode(said))
        if status == HTTPStatus.OK:
            self.ours = bytes.fromhex(petitions.read_noted(body).nonce)
        return status

    def ask(self, key: EllipticCurvePrivateKey = KEY, nonce: bytes = NONCE) -> Answer | None:
        said = Inquiry(key_digest(key.public_key()), nonce.hex())
        status, body = self.post(INQUIRY_PATH, codec.encode(said))
        return petitions.read_answer(body) if status == HTTPStatus.OK else None

    def decide(self, at: KioskAddress | None, key: EllipticCurvePrivateKey = KEY) -> bool:
        verdict = Verdict(key_digest(key.public_key()), "lan", self.now_ms)
        with self.shop.writers.begin() as db:
            if at is None:
                return newcomers.refuse(db, verdict)
            return newcomers.approve(db, verdict, at, "Quầy 3")

    def codes(self) -> list[str | None]:
        with self.shop.read() as db:
            return [row.code for row in newcomers.waiting(db, self.now_ms)]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_both_ends_make_the_same_code_and_the_owner_sees_it_only_once_both_can(door: Door) -> None:
    assert door.knock() == HTTPStatus.OK
    assert door.codes() == []

    answer = door.ask()

    assert answer is not None
    assert (answer.stage, answer.left_ms) == (Stage.WAITING, LIFE_MS)
    theirs = petitions.code(key_digest(KEY.public_key()), HOUSE, NONCE, door.ours)
    assert door.codes() == [theirs]
    door.ask()
    assert door.news == 1, "pages look again once"


def test_who_is_let_in_gets_certificate_place_and_whom_to_believe(door: Door) -> None:
    door.knock()
    door.ask()
    before = stores_edition(door)
    assert door.decide(NEW)

    door.clock.advance(ISSUED_AFTER_MS / 1_000 - 0.001)
    answer = door.ask()
    assert answer is not None
    assert answer.stage is Stage.WAITING, "the broker does not know the kiosk yet"
    with door.shop.read() as db:
        assert NEW in kiosk_certificates.admitted(db, door.now_ms), "but it will"
    door.clock.advance(0.001)
    answer = door.ask()

    assert answer is not None
    assert answer.issued is not None
    assert answer.place is not None
    signed = x509.load_pem_x509_certificate(answer.issued.certificate.encode())
    assert certificates.user_of(signed) == NEW.user
    assert signed.public_key() == KEY.public_key()
    place = answer.place
    assert (place.store, place.store_no, place.kiosk) == (STORE, STORE_NO, "quay-3")
    assert (place.store_name, place.kiosk_name) == ("An Nhiên", "Quầy 3")
    assert (place.issuers, place.phone_url) == (ISSUERS, "https://card.example")
    assert stores_edition(door) > before, "the broker's files follow"
    with door.shop.read() as db:
        assert kiosk_certificates.holder(db, signed.serial_number, door.now_ms) == NEW


def stores_edition(door: Door) -> int:
    with door.shop.read() as db:
        return stores.edition(db)


def certified(door: Door, key: EllipticCurvePrivateKey, at: KioskAddress) -> int:
    """Let a machine in; the serial of its certificate."""
    door.knock(key)
    door.ask(key)
    assert door.decide(at, key)
    door.clock.advance(ISSUED_AFTER_MS / 1_000)
    answer = door.ask(key)
    assert answer is not None
    assert answer.issued is not None
    return x509.load_pem_x509_certificate(answer.issued.certificate.encode()).serial_number


def test_who_takes_a_dead_machines_place_keeps_its_name_and_the_old_certificate_ends(
    door: Door,
) -> None:
    old = certified(door, KEY, QUAY)
    new = certified(door, OTHER, QUAY)

    with door.shop.read() as db:
        assert kiosk_certificates.revoked(db) == {old}
        assert kiosk_certificates.holder(db, new, door.now_ms) == QUAY
        assert QUAY in kiosk_certificates.admitted(db, door.now_ms)
        assert [row.name for row in stores.fleet(db, STORE)] == ["Quầy 1", "Quầy 2"]


def test_who_is_sent_away_stays_away_and_hears_so(door: Door) -> None:
    door.knock()
    door.ask()
    assert door.decide(None)

    answer = door.ask()

    assert answer is not None
    assert answer.stage is Stage.REFUSED
    assert door.knock() == HTTPStatus.FORBIDDEN, "by the same key"
    assert not door.decide(QUAY), "decided is decided"
    assert door.codes() == []


def test_a_code_that_nobody_compared_in_time_is_worth_nothing(door: Door) -> None:
    door.knock()
    door.ask()
    door.clock.advance(LIFE_MS / 1_000)

    assert not door.decide(QUAY)
    answer = door.ask()
    assert answer is not None
    assert answer.stage is Stage.EXPIRED
    assert door.knock() == HTTPStatus.OK, "asking anew begins anew"


def test_an_owner_cannot_say_yes_to_what_shows_no_code(door: Door) -> None:
    door.knock()

    assert not door.decide(QUAY)


def test_without_the_promised_number_nothing_is_said(door: Door) -> None:
    door.knock()
    door.ask()
    door.decide(QUAY)
    door.clock.advance(ISSUED_AFTER_MS / 1_000)

    assert door.ask(nonce=b"x" * NONCE_BYTES) is None
    assert door.ask(OTHER) is None
    for _ in range(MISSES_MAX):
        door.ask(nonce=b"x" * NONCE_BYTES)
    assert door.post(INQUIRY_PATH, b"{}")[0] == HTTPStatus.TOO_MANY_REQUESTS


def test_who_knocks_with_a_thousand_keys_fills_no_table(door: Door) -> None:
    for _ in range(WAITING_MAX):
        assert door.knock(certificates.new_key()) == HTTPStatus.OK
    assert door.knock(certificates.new_key()) == HTTPStatus.FORBIDDEN

    door.clock.advance(LIFE_MS / 1_000)
    assert door.knock(certificates.new_key()) == HTTPStatus.OK
