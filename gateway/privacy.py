"""What a member's phone asks about its own data: who asks is proven, what they chose is written.

Decides and records in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contract import codec, privacy
from contract.privacy import SKEW_MS, PrivacyAsk
from gateway.core.consent import TEXT_VERSION, Method, Purpose
from gateway.screen_codes import NOBODYS_KEY
from gateway.store import consents, minors, profiles
from gateway.store.consents import ConsentSaidRow, Proof
from gateway.store.profiles import ConsentRow


class Refused(StrEnum):
    """Why a phone is told nothing; the page has a sentence for each."""

    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"  # no such member, no such card, or another's signature: it is not told
    CLOCK = "clock"  # the ask is too old, or from the future
    OLD_TEXT = "old_text"  # the words have changed since the page was opened
    AGAIN = "again"  # this was asked before, or something newer was
    MINOR = "minor"  # a child does not agree to that, nor make itself older
    WRONG = "wrong"  # a name that is none, a day that is none
    CODE = "code"  # that is not the code
    LOCKED = "locked"  # too many codes were asked for, or tried
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
    if words and minors.is_child(db, member, asked.at_ms) and not _only_keeps(db, member, words):
        return Refused.MINOR
    device = f"{asked.member}/{asked.key_id}"
    if asked.at_ms <= _last_ms(db, member, device):
        return Refused.AGAIN
    evidence = codec.encode(asked).decode()
    proof = Proof(asked.at_ms, Method.PHONE, device, evidence)
    consents.choose(db, member, {known[word] for word in words}, proof)
    return None


def _only_keeps(db: Session, member: str, words: Collection[str]) -> bool:
    """Whether nothing is agreed to that was not before, as far as a child's guardian said yes."""
    agreed = db.scalars(select(ConsentRow.purpose).filter_by(member=member))
    return set(words) <= set(agreed)


def held(db: Session, member: str, *, is_child: bool = False) -> list[Held]:
    """Every purpose, in the order in which they are asked; of a child, what may be taken back."""
    rows = db.scalars(select(ConsentRow).filter_by(member=member))
    since_ms = {row.purpose: row.granted_at_ms for row in rows}
    asked = [one for one in Purpose if not is_child or str(one) in since_ms]
    return [Held(purpose, since_ms.get(str(purpose))) for purpose in asked]


def _last_ms(db: Session, member: str, device: str) -> int:
    """When this phone last said something: who records an ask cannot say it once more later."""
    query = select(func.max(ConsentSaidRow.at_ms)).filter_by(member=member, device=device)
    return db.scalar(query) or 0
