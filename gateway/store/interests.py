"""What members looked at elsewhere. Nothing is kept of who did not agree to profiling."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.consent import Purpose
from gateway.core.interests import LIFE_MS, MOST_WORDS, InterestKind, Noted
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


def learn(db: Session, member: str, noted: Noted) -> bool | None:
    """Remember or forget what a member was near; whether anything is otherwise since.

    None, and nothing is kept, without their consent to profiling. What is older than what we
    know changes nothing.
    """
    if db.get(ConsentRow, (member, str(Purpose.PROFILING))) is None:
        return None
    row, kind = InterestRow, str(noted.kind)
    mine = select(row.word).where(row.member == member, row.kind == kind)
    told = set(db.scalars(mine.where(among(row.word, rows=noted.words))))
    newer = set(db.scalars(mine.where(row.at_ms >= noted.at_ms)))
    words = [word for word in dict.fromkeys(noted.words) if word not in newer]
    if noted.is_gone:
        gone = told - newer
        forget(db, member, noted.kind, gone)
        return bool(gone)
    rows = [(member, kind, word, noted.at_ms, noted.source) for word in words]
    batches.put_rows(db, InterestRow, COLUMNS, rows, key=("member", "kind", "word"))
    newest = mine.order_by(row.at_ms.desc(), row.word)
    if too_many := db.scalars(newest.offset(MOST_WORDS)).all():
        forget(db, member, noted.kind, too_many)
    return bool(words)


def forget(db: Session, member: str, kind: InterestKind, words: Collection[str]) -> None:
    """What left the cart, or was bought."""
    gone = delete(InterestRow).filter_by(member=member, kind=kind)
    db.execute(gone.where(among(InterestRow.word, rows=words)))


def forget_all(db: Session, members: Collection[str]) -> None:
    """Some members agree to profiling no more."""
    db.execute(delete(InterestRow).where(among(InterestRow.member, rows=members)))


def of_member(db: Session, member: str) -> Sequence[InterestRow]:
    """All that is kept of a member, newest first."""
    query = select(InterestRow).filter_by(member=member)
    newest = InterestRow.at_ms.desc(), InterestRow.kind, InterestRow.word
    return db.scalars(query.order_by(*newest)).all()


def recent(db: Session, member: str, now_ms: int) -> dict[InterestKind, frozenset[str]]:
    """What still says something about a member."""
    found: dict[InterestKind, set[str]] = {kind: set() for kind in InterestKind}
    for row in db.scalars(select(InterestRow).filter_by(member=member)):
        kind = InterestKind(row.kind)
        if row.at_ms > now_ms - LIFE_MS[kind]:
            found[kind].add(row.word)
    return {kind: frozenset(words) for kind, words in found.items()}
