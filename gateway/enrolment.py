"""Who gets a certificate: a new kiosk with a code, and one that renews its own. Opens no port.

Who asks without a code is for `gateway.petitions`.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from threading import Lock

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session, sessionmaker

from contract import codec, enrolment
from contract.enrolment import Issued
from contract.errors import ContractError
from contract.messages import Message
from contract.topics import KioskAddress
from firmware_config import certificates
from firmware_config.certificates import Authority
from gateway.store import kiosk_certificates
from gateway.store.kiosk_certificates import Signed
from runtime.clock import Clock, unix_ms

MISSES_MAX = 10  # a minute from one address: an owner mistypes twice, a guesser never ends
MISSES_WITHIN_S = 60.0
ADDRESSES_MAX = 1_000  # remembered; a shop's network has 254

Answer = tuple[HTTPStatus, bytes]
Judge = Callable[[bytes, str], Message | None]

log = logging.getLogger(__name__)


@dataclass
class Misses:
    """Who asked in vain lately; bounded, the longest ago is forgotten first."""

    at_s: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)

    def is_too_many(self, address: str, now_s: float) -> bool:
        """Whether this address has to wait."""
        lately = [at for at in self.at_s.get(address, ()) if now_s - at < MISSES_WITHIN_S]
        return len(lately) >= MISSES_MAX

    def count(self, address: str, now_s: float) -> None:
        """It asked in vain."""
        lately = self.at_s.pop(address, [])
        self.at_s[address] = [*lately[1 - MISSES_MAX :], now_s]
        if len(self.at_s) > ADDRESSES_MAX:
            self.at_s.popitem(last=False)


@dataclass(frozen=True)
class Registrar:
    """Answers kiosks. Called by several threads at once."""

    writers: sessionmaker[Session]
    kiosks: Authority
    house_pem: str
    clock: Clock
    misses: Misses = field(default_factory=Misses)
    lock: Lock = field(default_factory=Lock)  # around the misses
    others: dict[str, Judge] = field(default_factory=dict)  # by path; filled before it answers

    def answer(self, method: str, path: str, body: bytes, address: str) -> Answer:
        """What to say to a request from an address; nothing in it is believed."""
        if (method, path) == ("GET", enrolment.AUTHORITY_PATH):
            return HTTPStatus.OK, self.house_pem.encode()
        judges: dict[str, Judge] = {
            enrolment.ENROL_PATH: self._enrol,
            enrolment.RENEW_PATH: self._renew,
            **self.others,
        }
        if method != "POST" or path not in judges:
            return HTTPStatus.NOT_FOUND, b""
        now_s = self.clock.monotonic_s()
        with self.lock:
            if self.misses.is_too_many(address, now_s):
                return HTTPStatus.TOO_MANY_REQUESTS, b""
        said = _or_none(judges[path], body, address)
        if said is None:
            with self.lock:
                self.misses.count(address, now_s)
            log.warning("%s asked for a certificate in vain: %s", address, path)
            return HTTPStatus.FORBIDDEN, b""
        return HTTPStatus.OK, codec.encode(said)

    def _enrol(self, body: bytes, _address: str) -> Issued | None:
        asked = enrolment.read_ask(body)
        key = certificates.requested_key(asked.request.encode())
        now = self.clock.utc()
        secret = enrolment.digest(bytes.fromhex(asked.secret))
        with self.writers.begin() as db:
            kiosk = kiosk_certificates.redeem(db, secret, key_digest(key), unix_ms(now))
            return None if kiosk is None else self.issue(db, kiosk, key, now)

    def _renew(self, body: bytes, _address: str) -> Issued | None:
        asked = enrolment.read_renewal(body)
        key = certificates.requested_key(asked.request.encode())
        before = x509.load_pem_x509_certificate(asked.certificate.encode())
        before.verify_directly_issued_by(self.kiosks.certificate)
        holder = before.public_key()
        if not isinstance(holder, EllipticCurvePublicKey):
            return None
        holder.verify(bytes.fromhex(asked.signature), asked.signed, ec.ECDSA(hashes.SHA256()))
        now = self.clock.utc()
        with self.writers.begin() as db:
            kiosk = kiosk_certificates.holder(db, before.serial_number, unix_ms(now))
            return None if kiosk is None else self.issue(db, kiosk, key, now)

    def issue(
        self, db: Session, kiosk: KioskAddress, key: EllipticCurvePublicKey, now: datetime
    ) -> Issued:
        """Sign a kiosk's certificate and remember it; whether it may have one was decided."""
        signed = certificates.issue_client(self.kiosks, kiosk.user, key, now)
        ends_ms = unix_ms(signed.not_valid_after_utc.astimezone(UTC))
        kept = Signed(signed.serial_number, unix_ms(now), ends_ms)
        kiosk_certificates.keep(db, kiosk, kept)
        log.info("kiosk %s of store %s has a new certificate", kiosk.kiosk, kiosk.store)
        return Issued(certificates.certificate_pem(signed), self.house_pem)


def _or_none(judge: Judge, body: bytes, address: str) -> Message | None:
    """What is unreadable, unsigned or by a stranger is one and the same to who asks."""
    try:
        return judge(body, address)
    except (ContractError, ValueError, TypeError, InvalidSignature):
        return None


def key_digest(key: EllipticCurvePublicKey) -> str:
    """SHA-256 of a public key, which is what a kiosk is called before it has a name."""
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(raw).hexdigest()
