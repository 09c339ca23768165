"""Members' phones: one-time codes that make one theirs, and the public keys in them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core import phones
from gateway.core.phones import CODE_BYTES, LiveKey
from gateway.store import profiles, stores
from gateway.store.base import Base
from gateway.store.profiles import PassKeyRow, ProfileRow


class PhoneCodeRow(Base):
    """A one-time code; only its digest is kept."""

    __tablename__ = "phone_code"

    digest: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), index=True)
    until_ms: Mapped[int]
    used_at_ms: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A phone that is a member's from now on."""

    member: str
    key_id: int
    name: str


def invite(db: Session, member: str, until_ms: int) -> str | None:
    """A new code for a member, to be shown once and never again; None if nobody is that."""
    if db.get(ProfileRow, member) is None:
        return None
    code = secrets.token_urlsafe(CODE_BYTES)
    db.add(PhoneCodeRow(digest=phones.digest(code), member=member, until_ms=until_ms))
    return code


def live(db: Session, member: str, now_ms: int) -> Sequence[PassKeyRow]:
    """A member's cards that are good now."""
    rows = db.scalars(select(PassKeyRow).filter_by(member=member).order_by(PassKeyRow.key_id)).all()
    return [row for row in rows if row.ends_at_ms is None or row.ends_at_ms > now_ms]


def enrol(db: Session, code: str, public_key: bytes, now_ms: int) -> Enrolled | None:
    """Give a code's member this key; None if the code is not good, or not any more.

    Whether the phone holds the key was proven before. A phone that did not get the answer may ask
    again.
    """
    member = _use(db, phones.digest(code), now_ms)
    if member is None:
        return _again(db, phones.digest(code), public_key, now_ms)
    good = live(db, member, now_ms)
    for row in good:
        row.ends_at_ms = phones.ends(_keys(good), now_ms)[row.key_id]
    key_id = phones.next_key_id(_keys(good))
    db.execute(delete(PassKeyRow).filter_by(member=member, key_id=key_id))
    db.add(
        PassKeyRow(member=member, key_id=key_id, public_key=public_key.hex(), enrolled_at_ms=now_ms)
    )
    stores.next_edition(db)
    return Enrolled(member, key_id, db.get_one(ProfileRow, member).name)


def revoke(db: Session, member: str, key_id: int | None, now_ms: int) -> int:
    """End one key of a member, or all, and the codes not used yet; returns how many keys ended.

    All of them are also those of members who are one with this one by now.
    """
    names = [member] if key_id is not None else profiles.names(db, member)
    every = [row for name in names for row in live(db, name, now_ms)]
    ended = [row for row in every if key_id in (None, row.key_id)]
    for row in ended:
        row.ends_at_ms = now_ms
    db.execute(delete(PhoneCodeRow).filter_by(member=member, used_at_ms=None))
    stores.next_edition(db)
    return len(ended)


def _use(db: Session, digest: str, now_ms: int) -> str | None:
    """Whose code it is; one statement decides, so that two phones at once are one."""
    used = db.execute(
        update(PhoneCodeRow)
        .where(
            PhoneCodeRow.digest == digest,
            PhoneCodeRow.used_at_ms.is_(None),
            PhoneCodeRow.until_ms > now_ms,
        )
        .values(used_at_ms=now_ms)
    )
    if not isinstance(used, CursorResult) or used.rowcount != 1:
        return None
    return db.scalar(select(PhoneCodeRow.member).filter_by(digest=digest))


def _again(db: Session, digest: str, public_key: bytes, now_ms: int) -> Enrolled | None:
    """What this very phone was told when it used the code."""
    member = db.scalar(select(PhoneCodeRow.member).filter_by(digest=digest))
    for row in live(db, member, now_ms) if member is not None else ():
        if row.public_key == public_key.hex():
            return Enrolled(row.member, row.key_id, db.get_one(ProfileRow, row.member).name)
    return None


def _keys(rows: Sequence[PassKeyRow]) -> list[LiveKey]:
    return [LiveKey(row.key_id, row.enrolled_at_ms, row.ends_at_ms) for row in rows]
