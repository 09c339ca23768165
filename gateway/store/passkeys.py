"""Everybody's passkeys: public keys only, and which answers were used. It checks no signature."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, delete, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.audit import Deed
from gateway.core.passkeys import MOST_PASSKEYS, Asked, NewKey, Refusal, Shown, is_copy
from gateway.store import audit
from gateway.store.audit import By, Done
from gateway.store.base import Base, insert
from gateway.store.staff import StaffRow


class PasskeyRow(Base):
    """One passkey of one person; it goes with them."""

    __tablename__ = "passkey"

    credential: Mapped[str] = mapped_column(primary_key=True)  # base64url, as browsers say it
    staff: Mapped[str] = mapped_column(ForeignKey("staff.staff", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes]  # COSE
    sign_count: Mapped[int]
    name: Mapped[str]  # theirs, to tell their devices apart
    created_at_ms: Mapped[int]
    used_at_ms: Mapped[int | None]


class SpentChallengeRow(Base):
    """A challenge that was answered well, kept while its answer might be shown again."""

    __tablename__ = "spent_challenge"

    challenge: Mapped[str] = mapped_column(primary_key=True)
    until_ms: Mapped[int]


def of(db: Session, staff: str) -> Sequence[PasskeyRow]:
    """Somebody's, oldest first."""
    query = select(PasskeyRow).filter_by(staff=staff)
    return db.scalars(query.order_by(PasskeyRow.created_at_ms, PasskeyRow.credential)).all()


def has_any(db: Session) -> bool:
    """Whether anybody here has one."""
    return bool(db.scalar(select(exists().where(PasskeyRow.credential.is_not(None)))))


def add(db: Session, by: By, new: NewKey, name: str, asked: Asked) -> Refusal | None:
    """One more of whoever does it. `db` must not have been read from yet."""
    if not _spend(db, asked, by.at_ms):
        return Refusal.SPENT
    if db.get(PasskeyRow, new.credential) is not None:
        return Refusal.KNOWN
    count = select(func.count()).select_from(PasskeyRow).filter_by(staff=by.staff)
    if (db.scalar(count) or 0) >= MOST_PASSKEYS:
        return Refusal.TOO_MANY
    row = PasskeyRow(staff=by.staff, name=name, created_at_ms=by.at_ms)
    row.credential, row.public_key = new.credential, new.public_key
    row.sign_count = new.sign_count
    db.add(row)
    audit.note(db, by, Done(Deed.PASSKEY_ADDED, by.staff, detail=name))
    return None


def remove(db: Session, by: By, credential: str) -> bool:
    """Take away one of one's own; False if there is none such."""
    row = db.get(PasskeyRow, credential)
    if row is None or row.staff != by.staff:
        return False
    audit.note(db, by, Done(Deed.PASSKEY_REMOVED, by.staff, detail=row.name))
    db.delete(row)
    return True


def remove_all(db: Session, by: By, staff: str) -> None:
    """Take away all of somebody, who lost a device, or left."""
    for row in of(db, staff):
        audit.note(db, by, Done(Deed.PASSKEY_REMOVED, staff, detail=row.name))
        db.delete(row)


def use(db: Session, shown: Shown, asked: Asked, at: tuple[str, int]) -> StaffRow | Refusal:
    """Whom a passkey that signed well lets in, `at` a store and a time; once for each challenge.

    What speaks for a copy is written down, so commit also when it is refused. `db` must not have
    been read from yet (gateway.store.base.writing).
    """
    key = db.get(PasskeyRow, shown.credential, with_for_update=True)
    row = db.get(StaffRow, key.staff) if key is not None else None
    if key is None or row is None or row.disabled_at_ms is not None:
        return Refusal.UNKNOWN
    store, at_ms = at
    if not _spend(db, asked, at_ms):
        return Refusal.SPENT
    if is_copy(key.sign_count, shown.sign_count):
        counts = f"{key.name}: {key.sign_count} → {shown.sign_count}"
        done = Done(Deed.PASSKEY_REFUSED, row.staff, detail=counts)
        audit.note(db, By(row.staff, store, at_ms), done)
        return Refusal.COPY
    key.sign_count, key.used_at_ms = shown.sign_count, at_ms
    return row


def _spend(db: Session, asked: Asked, at_ms: int) -> bool:
    """Write a challenge down as answered; False if it was before."""
    db.execute(delete(SpentChallengeRow).where(SpentChallengeRow.until_ms < at_ms))
    once = insert(db, SpentChallengeRow).values(challenge=asked.challenge, until_ms=asked.until_ms)
    once_only = once.on_conflict_do_nothing().returning(SpentChallengeRow.challenge)
    return db.scalar(once_only) is not None
