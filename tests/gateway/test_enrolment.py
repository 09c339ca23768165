"""Who gets a certificate, and who is told nothing."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from contract import codec, enrolment
from contract.enrolment import (
    AUTHORITY_PATH,
    ENROL_PATH,
    MAX_BYTES,
    RENEW_PATH,
    Ask,
    Issued,
    Renewal,
)
from contract.topics import KioskAddress
from firmware_config import certificates
from firmware_config.certificates import Authority
from gateway.enrolment import ADDRESSES_MAX, MISSES_MAX, MISSES_WITHIN_S, Misses, Registrar
from gateway.store import kiosk_certificates
from runtime.clock import unix_ms
from tests.fakes import FakeClock
from tests.gateway.shop import STORE, Shop

QUAY = KioskAddress(STORE, "quay-1")
SECRET = b"0123456789"
KEY, NEXT_KEY = certificates.new_key(), certificates.new_key()
HERE = "192.168.7.31"


class Office:
    """A registrar, its shop and its clock."""

    def __init__(self, folder: Path) -> None:
        self.shop, self.clock = Shop(folder), FakeClock()
        self.authority = certificates.new_authority("hien kiosks", self.clock.utc())
        self.registrar = Registrar(self.shop.writers, self.authority, "the house", self.clock)
        with self.shop.writers.begin() as db:
            digest = enrolment.digest(SECRET)
            kiosk_certificates.invite(db, QUAY, digest, unix_ms(self.clock.utc()))

    def post(self, path: str, body: bytes, address: str = HERE) -> tuple[HTTPStatus, bytes]:
        return self.registrar.answer("POST", path, body, address)

    def enrol(self, key: EllipticCurvePrivateKey = KEY, secret: bytes = SECRET) -> Issued | None:
        request = certificates.request("somebody else", key).decode()
        status, body = self.post(ENROL_PATH, codec.encode(Ask(secret.hex(), request)))
        return enrolment.read_issued(body) if status == HTTPStatus.OK else None

    def renew(
        self, certificate: str, signer: EllipticCurvePrivateKey = KEY, said: str = ""
    ) -> Issued | None:
        request = certificates.request(QUAY.user, NEXT_KEY).decode()
        unsigned = Renewal(certificate, said or request, "00" * 8)
        signature = signer.sign(unsigned.signed, ec.ECDSA(hashes.SHA256())).hex()
        status, body = self.post(RENEW_PATH, codec.encode(Renewal(certificate, request, signature)))
        return enrolment.read_issued(body) if status == HTTPStatus.OK else None


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_code_gives_the_kiosk_it_was_made_for_a_certificate_whatever_the_request_says(
    office: Office,
) -> None:
    issued = office.enrol()

    assert issued is not None
    signed = x509.load_pem_x509_certificate(issued.certificate.encode())
    signed.verify_directly_issued_by(office.authority.certificate)
    assert certificates.user_of(signed) == QUAY.user
    assert signed.public_key() == KEY.public_key()
    assert issued.authority == "the house"
    with office.shop.read() as db:
        now_ms = unix_ms(office.clock.utc())
        assert kiosk_certificates.holder(db, signed.serial_number, now_ms) == QUAY


def test_a_code_is_used_up_by_the_first_key(office: Office) -> None:
    assert office.enrol() is not None
    assert office.enrol(NEXT_KEY) is None
    assert office.enrol() is not None, "its answer may be lost"


def test_a_wrong_or_late_code_gives_nothing(office: Office) -> None:
    assert office.enrol(secret=b"9876543210") is None
    office.clock.advance(15 * 60)
    assert office.enrol() is None


def test_a_kiosk_renews_by_its_old_key(office: Office) -> None:
    issued = office.enrol()
    assert issued is not None
    office.clock.advance(timedelta(days=61).total_seconds())

    renewed = office.renew(issued.certificate)

    assert renewed is not None
    signed = x509.load_pem_x509_certificate(renewed.certificate.encode())
    assert certificates.user_of(signed) == QUAY.user
    assert signed.public_key() == NEXT_KEY.public_key()
    left = signed.not_valid_after_utc - office.clock.utc()
    assert left.days == 90


def foreign(office: Office, authority: Authority | None = None) -> str:
    signer = authority or office.authority
    now = office.clock.utc()
    signed = certificates.issue_client(signer, QUAY.user, KEY.public_key(), now)
    return certificates.certificate_pem(signed)


def test_nobody_renews_what_is_not_theirs_or_not_good_any_more(office: Office) -> None:
    issued = office.enrol()
    assert issued is not None
    another = certificates.new_authority("hien kiosks", office.clock.utc())

    assert office.renew(issued.certificate, signer=NEXT_KEY) is None, "another key"
    assert office.renew(issued.certificate, said="another request") is None, "signed for another"
    assert office.renew(foreign(office, another)) is None, "another authority"
    assert office.renew(foreign(office)) is None, "a certificate that was never handed out"
    assert office.renew("hello") is None, "no certificate"

    with office.shop.writers.begin() as db:
        kiosk_certificates.revoke(db, QUAY, unix_ms(office.clock.utc()))
    office.clock.advance(MISSES_WITHIN_S)
    assert office.renew(issued.certificate) is None, "revoked"


def test_a_copied_serial_renews_nothing(office: Office) -> None:
    issued = office.enrol()
    assert issued is not None
    good = x509.load_pem_x509_certificate(issued.certificate.encode())
    forged = (
        x509.CertificateBuilder()
        .subject_name(good.subject)
        .issuer_name(good.issuer)
        .serial_number(good.serial_number)
        .not_valid_before(good.not_valid_before_utc)
        .not_valid_after(good.not_valid_after_utc)
        .public_key(NEXT_KEY.public_key())
        .sign(NEXT_KEY, hashes.SHA256())
    )

    assert office.renew(certificates.certificate_pem(forged), signer=NEXT_KEY) is None


def test_an_ended_certificate_renews_nothing(office: Office) -> None:
    issued = office.enrol()
    assert issued is not None
    office.clock.advance(timedelta(days=90).total_seconds())

    assert office.renew(issued.certificate) is None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", AUTHORITY_PATH, HTTPStatus.OK),
        ("GET", ENROL_PATH, HTTPStatus.NOT_FOUND),
        ("POST", "/", HTTPStatus.NOT_FOUND),
        ("POST", ENROL_PATH, HTTPStatus.FORBIDDEN),
        ("POST", RENEW_PATH, HTTPStatus.FORBIDDEN),
    ],
)
def test_what_is_not_asked_rightly_is_answered_shortly(
    office: Office, method: str, path: str, status: HTTPStatus
) -> None:
    for body in (b"", b"\xff\x00", b"{}", b"[" * MAX_BYTES):
        assert office.registrar.answer(method, path, body, HERE)[0] == status


def test_who_guesses_has_to_wait_and_nobody_else(office: Office) -> None:
    for _ in range(MISSES_MAX):
        assert office.post(ENROL_PATH, b"{}")[0] == HTTPStatus.FORBIDDEN
    assert office.post(ENROL_PATH, b"{}")[0] == HTTPStatus.TOO_MANY_REQUESTS
    assert office.enrol() is None
    assert office.post(ENROL_PATH, b"{}", "192.168.7.32")[0] == HTTPStatus.FORBIDDEN

    office.clock.advance(MISSES_WITHIN_S)
    assert office.enrol() is not None


def test_a_thousand_guessers_are_remembered_and_no_more() -> None:
    misses = Misses()
    for number in range(ADDRESSES_MAX + 5):
        for _ in range(MISSES_MAX + 5):
            misses.count(f"10.0.{number}", 1.0)

    assert len(misses.at_s) == ADDRESSES_MAX
    assert max(map(len, misses.at_s.values())) == MISSES_MAX
    assert not misses.is_too_many("10.0.0", 1.0)
    assert misses.is_too_many(f"10.0.{ADDRESSES_MAX}", 1.0)
