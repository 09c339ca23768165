"""Somebody on the telephone wants to be erased: they read out the code that came to their number.

Without it nobody is erased here. Decides and records in the caller's transaction: who of the staff
did it stands in the log.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from gateway.core import erasing
from gateway.core.audit import Deed
from gateway.core.changes import Ask, PrivacyAsked
from gateway.core.consent import Method
from gateway.core.one_time_codes import Answer, Use
from gateway.privacy import Refused
from gateway.privacy_codes import PrivacyCodes, masked, number_of
from gateway.privacy_desk import Done, go
from gateway.store import audit, privacy_requests, tombstones
from gateway.store.audit import By
from gateway.store.privacy_requests import DESK


def send(
    db: Session, member: str, language: str, by: By, codes: PrivacyCodes | None
) -> Done | Refused:
    """Have a code sent to a member's number; the request's days run from now on."""
    number = number_of(db, member)
    if codes is None or number is None or tombstones.graves(db) is None or not codes.can_send():
        return Refused.UNAVAILABLE
    if codes.send(db, (Use.SPOKEN_ERASURE, number), language, by.at_ms) is Answer.LOCKED:
        return Refused.LOCKED
    if privacy_requests.open_erasure(db, member, DESK) is None:
        privacy_requests.add(db, DESK, PrivacyAsked(Ask.ERASE, ""), member, by.at_ms)
    audit.note(db, by, audit.Done(Deed.ERASURE_ASKED, member=member))
    return Done(sent_to=masked(number))


def confirm(
    db: Session, member: str, typed: str, by: By, codes: PrivacyCodes | None
) -> Done | Refused:
    """Erase who read the right code, within a minute; at once nothing is shown or announced."""
    number, row = number_of(db, member), privacy_requests.open_erasure(db, member, DESK)
    key = tombstones.graves(db)
    if codes is None or number is None or key is None:
        return Refused.UNAVAILABLE
    if row is None:
        return Refused.CODE
    answer = codes.check(db, (Use.SPOKEN_ERASURE, number), typed, by.at_ms)
    if answer is not Answer.RIGHT:
        return Refused.LOCKED if answer is Answer.LOCKED else Refused.CODE
    go(db, member, row.number, Method.DESK, by.at_ms)
    audit.note(db, by, audit.Done(Deed.ERASURE_CONFIRMED, member=member))
    return Done(receipt=erasing.receipt(key.key, row.number, row.asked_at_ms), due_ms=row.due_ms)
