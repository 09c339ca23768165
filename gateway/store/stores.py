"""Stores and their kiosks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract import codec
from contract.errors import ContractError
from contract.messages import KioskState
from gateway.store import device_orders
from gateway.store.base import Base


class StoreRow(Base):
    """One shop."""

    __tablename__ = "store"

    store: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    store_no: Mapped[int] = mapped_column(unique=True)  # how passes name it
    trust_epoch: Mapped[int] = mapped_column(default=0)  # of the trust last published


class KioskRow(Base):
    """One kiosk, and what it last said of itself."""

    __tablename__ = "kiosk"

    store: Mapped[str] = mapped_column(ForeignKey("store.store"), primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[str | None]  # contract.messages.KioskState as JSON
    said_at_ms: Mapped[int | None]  # by the gateway's clock


class EditionRow(Base):
    """Grows with every import, so that running processes notice it. One row."""

    __tablename__ = "edition"

    edition: Mapped[int] = mapped_column(primary_key=True)  # always ONLY
    number: Mapped[int]
    # Grows with every change of a tag, consent, pause or pass key, whoever makes it: SQLite counts
    # by itself, see gateway.store.read_ahead. On PostgreSQL nobody asks, and it stays.
    people: Mapped[int] = mapped_column(default=0, server_default="0")


ONLY = 1


def edition(db: Session) -> int:
    """Which state of stores, members and consents this is."""
    return db.scalar(select(EditionRow.number)) or 0


def next_edition(db: Session) -> None:
    """Stores, kiosks, tags, keys or consents have changed: tell whoever remembers them."""
    grown = update(EditionRow).values(number=EditionRow.number + 1).returning(EditionRow.number)
    if db.scalar(grown) is None:  # counted in the statement: two at once are two steps
        db.add(EditionRow(edition=ONLY, number=1))


def every(db: Session) -> Sequence[StoreRow]:
    """All stores."""
    return db.scalars(select(StoreRow).order_by(StoreRow.store)).all()


def kiosks(db: Session) -> set[tuple[str, str]]:
    """Every (store, kiosk) that may speak."""
    rows = db.execute(select(KioskRow.store, KioskRow.kiosk))
    return {(*row,) for row in rows}  # looked up for each event: 0.05 us, a row's 0.9


def fleet(db: Session, store: str) -> Sequence[KioskRow]:
    """The kiosks of a store, by id."""
    return db.scalars(select(KioskRow).filter_by(store=store).order_by(KioskRow.kiosk)).all()


def advertising(db: Session, beacon: str) -> KioskRow | None:
    """The kiosk that said it advertises a beacon; the one that said so last, if several do."""
    says_so = KioskRow.state.contains(f'"beacon":"{beacon}"', autoescape=True)
    newest = select(KioskRow).where(says_so).order_by(KioskRow.said_at_ms.desc())
    for row in db.scalars(newest):
        state = state_of(row)
        if state is not None and state.beacon == beacon:
            return row
    return None


def with_code(db: Session, kiosk: str, digest: str) -> Sequence[KioskRow]:
    """The kiosks of that name, of any store, whose state tells of a code for phones."""
    tells = KioskRow.state.contains(f'"digest":"{digest}"', autoescape=True)
    return db.scalars(select(KioskRow).where(KioskRow.kiosk == kiosk, tells)).all()


def state_of(row: KioskRow) -> KioskState | None:
    """What a kiosk last said of itself; None if it never spoke, or to another build."""
    if row.state is None:
        return None
    try:
        return codec.decode(KioskState, row.state.encode())
    except ContractError:
        return None


def keep_state(db: Session, store: str, kiosk: str, state: KioskState, at_ms: int) -> None:
    """Remember what a kiosk says of itself. A last will replaces only whether it is online."""
    row = db.get_one(KioskRow, (store, kiosk))
    before = state_of(row)
    if not state.online and before is not None:
        state = structs.replace(before, online=False)
    else:
        row.said_at_ms = at_ms
    row.state = codec.encode(state).decode()
    device_orders.answers(db, store, kiosk, state.answers, at_ms)
