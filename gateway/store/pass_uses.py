"""Passes that were held to a camera and counted: what a replay is recognised by."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.matching import PassUse
from gateway.core.visits import Place
from gateway.store.base import Base


class PassUseRow(Base):
    """The first time a pass of one slot was shown, anywhere."""

    __tablename__ = "pass_use"

    member: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(primary_key=True)  # one phone
    slot: Mapped[int] = mapped_column(primary_key=True)
    store: Mapped[str]
    kiosk: Mapped[str]
    at_ms: Mapped[int]


def since(
    db: Session, members: Collection[str], slot: int
) -> dict[tuple[str, int], dict[int, PassUse]]:
    """The uses of some members' passes from a slot on: by member and key id, then by slot."""
    uses: dict[tuple[str, int], dict[int, PassUse]] = {}
    query = select(PassUseRow).where(PassUseRow.member.in_(members), PassUseRow.slot >= slot)
    for row in db.scalars(query):
        place = Place(row.store, row.kiosk, row.at_ms)
        uses.setdefault((row.member, row.key_id), {})[row.slot] = PassUse(row.slot, place)
    return uses


def add(db: Session, member: str, key_id: int, use: PassUse) -> None:
    """Remember a use."""
    place = use.place
    db.add(
        PassUseRow(
            member=member,
            key_id=key_id,
            slot=use.slot,
            store=place.store,
            kiosk=place.kiosk,
            at_ms=place.at_ms,
        )
    )
