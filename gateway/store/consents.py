"""The consent ledger: what holds now, and everything that was ever said, with its proof.

What was said is added to and never changed; the database itself refuses an UPDATE.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.consent import TEXT_VERSION, Method, Purpose
from gateway.core.consent_texts import digest
from gateway.core.minors import MinorError, may_agree
from gateway.core.shop_days import day_of
from gateway.store import batches, experiments, interests, stores, touches
from gateway.store.base import Base
from gateway.store.batches import among
from gateway.store.profiles import ConsentRow, ProfileRow


class ConsentSaidRow(Base):
    """One yes or no."""

    __tablename__ = "consent_said"
    __table_args__ = (Index("ix_consent_said_member", "member", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str]  # whose profile it was then; after an erasure, nobody's pseudonym
    purpose: Mapped[str]  # gateway.core.consent.Purpose
    is_granted: Mapped[bool]
    at_ms: Mapped[int]
    text_version: Mapped[int]
    text_digest: Mapped[str]  # of the words in both languages; empty: they were not ours
    method: Mapped[str]  # gateway.core.consent.Method
    device: Mapped[str]  # which phone, system or file
    evidence: Mapped[str]  # of a phone: what it signed, with the signature


@dataclass(frozen=True, slots=True)
class Proof:
    """How we know that somebody said so."""

    at_ms: int
    method: Method
    device: str
    evidence: str
    text_version: int = TEXT_VERSION


Word = tuple[str, str, bool]  # member, purpose, whether they agree
COLUMNS = (
    *("member", "purpose", "is_granted", "at_ms", "text_version", "text_digest"),
    *("method", "device", "evidence"),
)


def agree(db: Session, member: str, purpose: Purpose, proof: Proof) -> bool:
    """A member agrees; whether they had not before. A newer yes takes the place of an older.

    MinorError, and nothing is written, if it is not theirs to agree to.
    """
    birthday = db.scalar(select(ProfileRow.birthday).filter_by(member=member)) or ""
    if not may_agree(purpose, birthday, day_of(proof.at_ms), proof.evidence):
        raise MinorError(purpose)
    row = db.get(ConsentRow, (member, str(purpose)))
    is_new = row is None
    if row is None:
        row = ConsentRow(member=member, purpose=str(purpose))
        db.add(row)
    row.granted_at_ms, row.text_version = proof.at_ms, proof.text_version
    row.evidence = proof.evidence
    _said(db, (member, str(purpose), True), proof)
    return is_new


def withdraw(db: Session, member: str, purpose: Purpose, proof: Proof) -> bool:
    """A member agrees no longer; False, and nothing is written, if they did not before."""
    row = db.get(ConsentRow, (member, str(purpose)))
    if row is None:
        return False
    db.delete(row)
    if purpose is Purpose.PROFILING:
        unprofile(db, [member])
    _said(db, (member, str(purpose), False), proof)
    return True


def unprofile(db: Session, members: Collection[str]) -> None:
    """Forget all that only profiling kept of some members, who agree to it no longer."""
    interests.forget_all(db, members)
    experiments.forget(db, members)
    touches.forget_all(db, members)


def choose(db: Session, member: str, wanted: Collection[Purpose], proof: Proof) -> bool:
    """A member says of every purpose whether they agree; whether that changes anything."""
    held = set(db.scalars(select(ConsentRow.purpose).filter_by(member=member)))
    changed = False
    for purpose in Purpose:
        if purpose in wanted and str(purpose) not in held:
            changed |= agree(db, member, purpose, proof)
        elif purpose not in wanted:
            changed |= withdraw(db, member, purpose, proof)
    return changed


def write(db: Session, words: Iterable[Word], proof: Proof) -> None:
    """Add what many said in one way; what holds now is the caller's."""
    version = proof.text_version
    how = (str(proof.method), proof.device, proof.evidence)
    rows = [
        (who, purpose, agrees, proof.at_ms, version, digest(Purpose(purpose), version), *how)
        for who, purpose, agrees in words
    ]
    batches.put_rows(db, ConsentSaidRow, COLUMNS, rows)


def history(db: Session, members: Collection[str]) -> Sequence[ConsentSaidRow]:
    """All that some members ever said, the newest first."""
    query = select(ConsentSaidRow).where(among(ConsentSaidRow.member, rows=members))
    return db.scalars(query.order_by(ConsentSaidRow.number.desc())).all()


def last_ms(db: Session, member: str, purpose: Purpose, is_granted: bool) -> int:
    """When a member last said yes, or no, to a purpose; 0 if never."""
    said = select(func.max(ConsentSaidRow.at_ms)).filter_by(member=member, purpose=str(purpose))
    return db.scalar(said.where(ConsentSaidRow.is_granted.is_(is_granted))) or 0


def began_ms(db: Session) -> int | None:
    """When somebody agreed to something here for the first time."""
    return db.scalar(select(func.min(ConsentSaidRow.at_ms)).where(ConsentSaidRow.is_granted))


def _said(db: Session, word: Word, proof: Proof) -> None:
    db.flush()
    write(db, [word], proof)
    db.get_one(ProfileRow, word[0]).said_at_ms = proof.at_ms
    stores.next_edition(db)
