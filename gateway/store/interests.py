"""What members looked at elsewhere. Nothing is kept of who did not agree to profiling."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.consent import Purpose
from gateway.core.interests import LIFE_MS, MOST_WORDS, InterestKind
from gateway.store import batches
from gateway.store.base import Base
from gateway.store.batches import among
from gateway.store.profiles import ConsentRow


class InterestRow(Base):
    """One thing, or group of things, and when the member was last near it."""

    __tablename__ = "interest"

    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.interests.InterestKind
    word: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    source: Mapped[str]  # who told us


COLUMNS = ("member", "kind", "word", "at_ms", "source")


def note(
    db: Session, member: str, kind: InterestKind, words: Collection[str], seen: tuple[str, int]
) -> bool:
    """Remember what a member was near, as a source saw at a time.

    False, and nothing is kept, without their consent to profiling.
    """
    if db.get(ConsentRow, (member, str(Purpose.PROFILING))) is None:
        return False
    source, at_ms = seen
    rows = [(member, str(kind), word, at_ms, source) for word in dict.fromkeys(words)]
    batches.put_rows(db, InterestRow, COLUMNS, rows, key=("member", "kind", "word"))
    mine = select(InterestRow.word).filter_by(member=member, kind=kind)
    newest = mine.order_by(InterestRow.at_ms.desc(), InterestRow.word)
    if too_many := db.scalars(newest.offset(MOST_WORDS)).all():
        forget(db, member, kind, too_many)
    return True


def forget(db: Session, member: str, kind: InterestKind, words: Collection[str]) -> None:
    """What left the cart, or was bought."""
    gone = delete(InterestRow).filter_by(member=member, kind=kind)
    db.execute(gone.where(among(InterestRow.word, rows=words)))


def forget_all(db: Session, members: Collection[str]) -> None:
    """Some members agree to profiling no more."""
    db.execute(delete(InterestRow).where(among(InterestRow.member, rows=members)))


def recent(db: Session, member: str, now_ms: int) -> dict[InterestKind, frozenset[str]]:
    """What still says something about a member."""
    found: dict[InterestKind, set[str]] = {kind: set() for kind in InterestKind}
    for row in db.scalars(select(InterestRow).filter_by(member=member)):
        kind = InterestKind(row.kind)
        if row.at_ms > now_ms - LIFE_MS[kind]:
            found[kind].add(row.word)
    return {kind: frozenset(words) for kind, words in found.items()}
