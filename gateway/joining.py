"""Somebody joins by telephone: a code proves the number; who is new then says their name.

What they agree to they say afterwards, signed by the card they get here. Decides and records in
the caller's transaction. Whether a number is somebody's is told to nobody who has not proven it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from gateway.core import joining, phones, provenance
from gateway.core.external_ids import COUNTRY, IdKind, e164, external_id
from gateway.core.one_time_codes import Answer, Use
from gateway.core.tiers import Tier
from gateway.privacy_codes import PrivacyCodes
from gateway.store import external_ids, one_time_codes, profiles, tombstones
from gateway.store import phones as cards
from gateway.store.outside import MEMBER_BYTES
from gateway.store.profiles import ProfileRow

# A page that anybody opens has messages sent: to numbers of this country only, which cost the same
# each, and so many in ten minutes over the whole shop.
SENT_MAX = 60
WITHIN_MS = 600_000
SOURCE = "member"  # who said what they are called


class Refused(StrEnum):
    """Why it does not go on; the page has a sentence for each."""

    UNREADABLE = "unreadable"
    NUMBER = "number"  # that is no telephone number of this country
    NAME = "name"
    CODE = "code"  # that is not the code
    OVER = "over"  # the code, or what it proved, is too old: begin anew
    LOCKED = "locked"  # too many codes were asked for, or tried
    UNAVAILABLE = "unavailable"  # no code can be sent just now


@dataclass(frozen=True, slots=True)
class Proven:
    """A number is theirs: a code that makes their phone a card; of who is new, a ticket first."""

    code: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Joining:
    """The counter at which people join by themselves."""

    codes: PrivacyCodes

    def send(self, db: Session, phone: str, language: str, now_ms: int) -> Refused | None:
        """Have a code sent, to whomever; what stands in the way."""
        number = _number(phone)
        if number is None:
            return Refused.NUMBER
        lately = one_time_codes.sent_since(db, now_ms - WITHIN_MS)
        if not self.codes.can_send() or tombstones.graves(db) is None or lately >= SENT_MAX:
            return Refused.UNAVAILABLE
        answer = self.codes.send(db, (Use.JOINING, number), language, now_ms)
        return Refused.LOCKED if answer is Answer.LOCKED else None

    def check(self, db: Session, phone: str, typed: str, now_ms: int) -> Proven | Refused:
        """Whether the number is theirs, and what comes next."""
        number = _number(phone)
        if number is None:
            return Refused.NUMBER
        answer = self.codes.check(db, (Use.JOINING, number), typed, now_ms)
        if answer is not Answer.RIGHT:
            return _REFUSED[answer]
        member = profiles.find(db, number)
        if member is None:
            until_ms = now_ms + joining.TICKET_LIFE_MS
            return Proven(ticket=joining.ticket(self.codes.key, number, until_ms))
        return _card(db, member, now_ms)

    def join(self, db: Session, phone: str, said: tuple[str, str], now_ms: int) -> Proven | Refused:
        """Make a member out of who has a ticket and a name; they have agreed to nothing yet."""
        number, (ticket, name) = _number(phone), said
        if number is None or not joining.is_good(self.codes.key, number, ticket, now_ms):
            return Refused.OVER
        known = joining.name_of(name)
        if known is None:
            return Refused.NAME
        member = profiles.find(db, number) or _new(db, number, known, now_ms)
        return Refused.UNAVAILABLE if member is None else _card(db, member, now_ms)


_REFUSED = {
    Answer.WRONG: Refused.CODE,
    Answer.OVER: Refused.OVER,
    Answer.LOCKED: Refused.LOCKED,
}


def _number(said: str) -> str | None:
    number = e164(said)
    return number if number is not None and number.startswith(COUNTRY) else None


def _card(db: Session, member: str, now_ms: int) -> Proven | Refused:
    code = cards.invite(db, member, now_ms + phones.CODE_LIFE_MS)
    return Refused.UNAVAILABLE if code is None else Proven(code)


def _new(db: Session, number: str, name: str, now_ms: int) -> str | None:
    """Who was erased and comes back of their own will is somebody new."""
    member, phone = secrets.token_hex(MEMBER_BYTES), external_id(IdKind.PHONE, number)
    tombstones.lift(db, {f"phone:{number}"})
    row = ProfileRow(member=member, name=name, phone=number, tier=Tier.MEMBER, points=0)
    row.interests, row.said_at_ms = "", now_ms  # when they became known, agreeing to nothing
    row.provenance = provenance.written(SOURCE, now_ms, ("name", "phone"), "")
    db.add(row)
    db.flush()
    if external_ids.claim(db, member, phone, (SOURCE, now_ms)):
        return member
    db.delete(row)  # two joined by one number at the same instant
    db.flush()
    return profiles.find(db, number)
