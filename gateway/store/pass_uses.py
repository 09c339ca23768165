"""Passes that were held to a camera and counted: what a replay is recognised by."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.matching import PassUse
from gateway.core.visits import Place
from gateway.store import batches
from gateway.store.base import Base
from gateway.store.batches import Prepared, among


class PassUseRow(Base):
    """The first time a pass of one slot was shown, anywhere."""

    __tablename__ = "pass_use"

    member: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(primary_key=True)  # one phone
    slot: Mapped[int] = mapped_column(primary_key=True)
    store: Mapped[str]
    kiosk: Mapped[str]
    at_ms: Mapped[int]


COLUMNS = tuple(column.key for column in PassUseRow.__table__.columns)

_SINCE = Prepared(
    select(*PassUseRow.__table__.columns).where(
        among(PassUseRow.member, rows="members"), PassUseRow.slot >= bindparam("slot")
    )
)


def since(
    db: Session, members: Collection[str], slot: int
) -> dict[tuple[str, int], dict[int, PassUse]]:
    """The uses of some members' passes from a slot on: by member and key id, then by slot."""
    uses: dict[tuple[str, int], dict[int, PassUse]] = {}
    for member, key_id, used, store, kiosk, at_ms in _SINCE.rows(db, members=members, slot=slot):
        place = Place(store, kiosk, at_ms)
        uses.setdefault((member, key_id), {})[used] = PassUse(used, place)
    return uses


def add(db: Session, uses: Iterable[tuple[str, int, PassUse]]) -> None:
    """Remember uses, each with its member and key id.

    In one order by all: of two who wrote the same passes in another, each would wait for the other.
    """
    rows = sorted(
        (member, key_id, use.slot, use.place.store, use.place.kiosk, use.place.at_ms)
        for member, key_id, use in uses
    )
    batches.put_rows(db, PassUseRow, COLUMNS, rows)
