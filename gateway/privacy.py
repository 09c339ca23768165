"""What a member's phone asks about its own data: who asks is proven, what they chose is written.

Decides and records in the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contract import codec, privacy
from contract.privacy import SKEW_MS, PrivacyAsk
from gateway.core.consent import TEXT_VERSION, Method, Purpose
from gateway.screen_codes import NOBODYS_KEY
from gateway.store import consents, profiles
from gateway.store.consents import ConsentSaidRow, Proof
from gateway.store.profiles import ConsentRow


class Refused(StrEnum):
    """Why a phone is told nothing; the page has a sentence for each."""

    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"  # no such member, no such card, or another's signature: it is not told
    CLOCK = "clock"  # the ask is too old, or from the future
    OLD_TEXT = "old_text"  # the words have changed since the page was opened
    AGAIN = "again"  # this was asked before, or something newer was
    WRONG = "wrong"  # a name that is none, a day that is none
    CODE = "code"  # that is not the code
    UNAVAILABLE = "unavailable"  # this gateway has no key to erase with


@dataclass(frozen=True, slots=True)
class Held:
    """One purpose, and since when it is agreed to; None: it is not."""

    purpose: Purpose
    since_ms: int | None


def who(db: Session, asked: PrivacyAsk, now_ms: int) -> str | Refused:
    """Whose data an ask is about: the card's member, or who that is by now."""
    key = profiles.pass_keys(db, {asked.member}, now_ms).get((asked.member, asked.key_id))
    is_signed = privacy.is_genuine(asked, key or NOBODYS_KEY)
    if key is None or not is_signed:
        return Refused.UNKNOWN
    if abs(now_ms - asked.at_ms) > SKEW_MS:
        return Refused.CLOCK
    return profiles.heirs(db, {asked.member}).get(asked.member, asked.member)


def choose(db: Session, member: str, asked: PrivacyAsk) -> Refused | None:
    """Write down what a member agrees to now, and to nothing else; with what they signed."""
    version, *words = asked.words or ("",)
    known = {str(purpose): purpose for purpose in Purpose}
    if version != str(TEXT_VERSION) or not known.keys() >= set(words):
        return Refused.OLD_TEXT
    device = f"{asked.member}/{asked.key_id}"
    if asked.at_ms <= _last_ms(db, member, device):
        return Refused.AGAIN
    evidence = codec.encode(asked).decode()
    proof = Proof(asked.at_ms, Method.PHONE, device, evidence)
    consents.choose(db, member, {known[word] for word in words}, proof)
    return None


def held(db: Session, member: str) -> list[Held]:
    """Every purpose, in the order in which they are asked."""
    rows = db.scalars(select(ConsentRow).filter_by(member=member))
    since_ms = {row.purpose: row.granted_at_ms for row in rows}
    return [Held(purpose, since_ms.get(str(purpose))) for purpose in Purpose]


def _last_ms(db: Session, member: str, device: str) -> int:
    """When this phone last said something: who records an ask cannot say it once more later."""
    query = select(func.max(ConsentSaidRow.at_ms)).filter_by(member=member, device=device)
    return db.scalar(query) or 0
