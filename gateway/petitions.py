"""Answers machines that ask to be let in, and makes those a kiosk that an owner approved.

It approves nobody. Opens no port.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy.orm import Session, sessionmaker

from contract import petitions
from contract.enrolment import Issued
from contract.petitions import NONCE_BYTES, Answer, Noted, Place, Stage
from contract.topics import KioskAddress
from firmware_config import certificates
from gateway.enrolment import key_digest
from gateway.store import newcomers, stores
from gateway.store.kiosk_petition_rows import KioskPetitionRow
from gateway.store.newcomers import Asked
from gateway.store.stores import KioskRow, StoreRow
from runtime.clock import Clock, unix_ms

# From the owner's yes to the certificate: by then the broker's files have followed the database
# (every 2 s), so that a kiosk's first words are not refused.
ISSUED_AFTER_MS = 3_000

Issue = Callable[[Session, KioskAddress, EllipticCurvePublicKey, datetime], Issued]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """What every new kiosk is told besides its place."""

    authority: bytes  # the whole fingerprint of the house's
    issuers: dict[str, str]  # public keys, as [trust.issuers]
    phone_url: str = ""


@dataclass(frozen=True)
class Petitions:
    """Called by several threads at once."""

    writers: sessionmaker[Session]
    clock: Clock
    told: Told
    issue: Issue
    changed: Callable[[], None]  # somebody new has a code: pages look again

    def note(self, body: bytes, address: str) -> Noted | None:
        """Somebody asks; None if too many wait, or this key was judged before."""
        asked = petitions.read_petition(body)
        named = key_digest(certificates.requested_key(asked.request.encode()))
        nonce = os.urandom(NONCE_BYTES).hex()
        row = Asked(named, asked.request, asked.commitment, nonce, asked.wish, address)
        with self.writers.begin() as db:
            is_noted = newcomers.note(db, row, unix_ms(self.clock.utc()))
        return Noted(nonce) if is_noted else None

    def answer(self, body: bytes, _address: str) -> Answer | None:
        """What has become of a petition; None to whoever does not know its number."""
        asked = petitions.read_inquiry(body)
        nonce, now = bytes.fromhex(asked.nonce), self.clock.utc()
        now_ms = unix_ms(now)
        with self.writers.begin() as db:
            row = newcomers.get(db, asked.petition)
            if row is None or not hmac.compare_digest(row.commitment, petitions.commitment(nonce)):
                return None
            is_news = row.code is None
            if is_news:
                ours = bytes.fromhex(row.nonce)
                row.code = petitions.code(row.petition, self.told.authority, nonce, ours)
            stage = newcomers.stage(row, now_ms)
            is_time = now_ms - (row.decided_at_ms or 0) >= ISSUED_AFTER_MS
            if stage is Stage.APPROVED and is_time:
                said = self._let_in(db, row, now)
            else:
                shown = Stage.WAITING if stage is Stage.APPROVED else stage
                said = Answer(shown, max(0, row.until_ms - now_ms))
        if is_news:
            log.info("a machine at %s asks to be let in", row.address)
            self.changed()
        return said

    def _let_in(self, db: Session, row: KioskPetitionRow, now: datetime) -> Answer:
        at = KioskAddress(row.store or "", row.kiosk or "")
        store = db.get_one(StoreRow, at.store)
        kiosk = db.get_one(KioskRow, (at.store, at.kiosk))
        key = certificates.requested_key(row.request.encode())
        issued = self.issue(db, at, key, now)
        stores.next_edition(db)  # it has a certificate, and with it the rights of its place
        return Answer(
            Stage.APPROVED,
            issued=issued,
            place=Place(
                store=at.store,
                store_no=store.store_no,
                kiosk=at.kiosk,
                store_name=store.name[:40],
                kiosk_name=kiosk.name[:40],
                issuers=self.told.issuers,
                phone_url=self.told.phone_url,
            ),
        )
