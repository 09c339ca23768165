"""The plan of each store's floor, and how many are heard where. Counts only, never whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import DecodeError, json
from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.events import Arrived, Kind, Left, Moved
from gateway.core.audit import Deed
from gateway.core.floor import Item, Plan, Told, present
from gateway.core.floor_pictures import PictureKind
from gateway.core.visits import UNREPORTED_MS
from gateway.store import audit, profiles
from gateway.store.audit import By, Done
from gateway.store.base import Base, take_turns
from gateway.store.events import FORGOTTEN, EventRow, HighWaterRow
from gateway.store.footfall import CountedRow

LOOK_BACK = 1_000  # events of each kiosk: two hours of a busy one, as long as a tag counts as here
QUARTERS_MS = 30 * 60_000  # how old a count of a quarter of an hour may be and still be "lately"
BODIES: dict[str, type[Arrived | Moved | Left]] = {
    str(Kind.ARRIVED): Arrived,
    str(Kind.MOVED): Moved,
    str(Kind.LEFT): Left,
}


class FloorRow(Base):
    """One store's floor."""

    __tablename__ = "floor"

    store: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]  # grows: who saw an older one is told
    staff: Mapped[str]  # who changed it last
    at_ms: Mapped[int]
    width_m: Mapped[float]
    depth_m: Mapped[float]
    picture_kind: Mapped[str | None]  # gateway.core.floor_pictures.PictureKind
    picture: Mapped[bytes]


class FloorItemRow(Base):
    """One kiosk or zone on it."""

    __tablename__ = "floor_item"

    store: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    x_m: Mapped[float]
    y_m: Mapped[float]
    radius_m: Mapped[float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an owner wants; `picture` None: as it was, (None, b""): none."""

    plan: Plan
    picture: tuple[PictureKind | None, bytes] | None = None


def get(db: Session, store: str) -> FloorRow | None:
    """A store's floor, if it was drawn."""
    return db.get(FloorRow, store, populate_existing=True)


def plan(db: Session, store: str) -> Plan | None:
    """The same with what stands on it."""
    row = get(db, store)
    if row is None:
        return None
    items = db.scalars(select(FloorItemRow).filter_by(store=store).order_by(FloorItemRow.item))
    stand = (Item(one.item, one.name, one.x_m, one.y_m, one.radius_m) for one in items)
    return Plan(row.width_m, row.depth_m, tuple(stand))


def draw(db: Session, by: By, drawn: Drawn, revision: int) -> bool:
    """The floor looks so from now on; False if somebody changed it since `revision`."""
    take_turns(db, {f"floor {by.store}"})
    row = get(db, by.store)
    if (row.revision if row is not None else 0) != revision:
        return False
    row = row or FloorRow(store=by.store, picture=b"")
    row.width_m, row.depth_m = drawn.plan.width_m, drawn.plan.depth_m
    row.revision, row.staff, row.at_ms = revision + 1, by.staff, by.at_ms
    if drawn.picture is not None:
        row.picture_kind, row.picture = drawn.picture
    db.add(row)
    db.execute(delete(FloorItemRow).where(FloorItemRow.store == by.store))
    db.add_all(
        FloorItemRow(
            store=by.store, item=one.item, name=one.name, x_m=one.x_m, y_m=one.y_m,
            radius_m=one.radius_m,
        )
        for one in drawn.plan.items
    )  # fmt: skip
    told = f"floor: {row.width_m} × {row.depth_m} m, {len(drawn.plan.items)}"
    audit.note(db, by, Done(Deed.SETTINGS_CHANGED, by.store, detail=told))
    return True


def heard_now(db: Session, store: str, now_ms: int) -> dict[str, int]:
    """How many members who agreed to it are heard in each zone of a store."""
    row, mark = EventRow, HighWaterRow
    outbox = and_(row.store == mark.store, row.kiosk == mark.kiosk, row.epoch == mark.epoch)
    query = select(row.kiosk, row.kind, row.at_ms, row.body).join(mark, outbox)
    lately = row.seq > mark.upto - LOOK_BACK, row.at_ms >= now_ms - UNREPORTED_MS
    kinds = row.kind.in_(list(BODIES)), row.body != FORGOTTEN
    found = db.execute(query.where(mark.store == store, *lately, *kinds).order_by(row.seq))
    told = list(_told((kiosk, kind, at_ms, body) for kiosk, kind, at_ms, body in found))
    return present(told, profiles.owners(db, {one.tag for one in told}))


def passed_lately(db: Session, store: str, now_ms: int) -> dict[str, int | None]:
    """How many people nobody knows came past each kiosk in its last quarter of an hour.

    None: fewer than five, and no kiosk tells how many.
    """
    row = CountedRow
    lately = row.at_ms > now_ms - QUARTERS_MS, row.at_ms <= now_ms
    query = select(row.kiosk, row.number).where(row.store == store, *lately)
    return dict(db.execute(query.order_by(row.at_ms)).all())


def _told(found: Iterable[Sequence[object]]) -> Iterable[Told]:
    for kiosk, kind, at_ms, body in found:
        try:
            said = json.decode(str(body), type=BODIES[str(kind)])
        except DecodeError:  # a disk changed it; `hien gateway check` says so
            continue
        zone = None if isinstance(said, Left) else said.zone
        yield Told(str(kiosk), said.tag, zone, int(str(at_ms)))
