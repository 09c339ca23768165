"""How many stays began in a zone of a store in an hour, and how long they were. It knows nobody.

They are counted from the log of events, which soon forgets whose tag was where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from msgspec import DecodeError, json
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.events import Arrived, Kind, Left, Moved
from gateway.core.shop_days import HOUR_MS
from gateway.core.visits import AHEAD_MS, BELIEVED
from gateway.core.zones import Came, Stay, stays
from gateway.store import measured_days, profiles
from gateway.store.base import Base, insert
from gateway.store.events import FORGOTTEN, EventRow

LOOK_BACK = 5_000  # events of a kiosk in which a visit has begun; a busy one has some 500 an hour
STEPS = 500  # of one visit: half a day of moving once a minute and a half


class ZoneHourRow(Base):
    """One hour of one zone."""

    __tablename__ = "zone_hour"

    store: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(primary_key=True)  # when the hour began
    zone: Mapped[str] = mapped_column(primary_key=True)
    stays: Mapped[int]
    stayed_s: Mapped[int]


def ended(db: Session, after: int, upto: int, now_ms: int) -> list[tuple[str, Stay]]:
    """Stays whose end was told between two numbers of the log, each with its store.

    Only of tags whose owners agree to presence by now; a kiosk without the time tells no hour.
    """
    row = EventRow
    told = row.arrival > after, row.arrival <= upto, row.kind == str(Kind.LEFT)
    query = select(row).where(*told, row.body != FORGOTTEN, row.at_ms <= now_ms + AHEAD_MS)
    rows = db.scalars(query.order_by(row.arrival)).all()
    left = [(one, body) for one in rows if (body := _left(one.body)) is not None]
    agreed = profiles.owners(db, {body.tag for _, body in left})
    return [
        (one.store, stay)
        for one, body in left
        if body.tag in agreed
        for stay in stays(_path(db, one, body.tag), body.dwell_s)
    ]


def add(db: Session, found: Collection[tuple[str, Stay]], now_ms: int) -> None:
    """Count stays in their hours; days that were closed are counted anew.

    The caller has taken the stores' turn.
    """
    hours: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for store, stay in found:
        hours[store, stay.from_ms // HOUR_MS * HOUR_MS, stay.zone].append(stay.stayed_s)
    row = ZoneHourRow
    for (store, at_ms, zone), lengths_s in sorted(hours.items()):
        put = insert(db, row).values(
            store=store, at_ms=at_ms, zone=zone, stays=len(lengths_s), stayed_s=sum(lengths_s)
        )
        grown = {
            "stays": row.stays + put.excluded.stays,
            "stayed_s": row.stayed_s + put.excluded.stayed_s,
        }
        key = "store", "at_ms", "zone"
        db.execute(put.on_conflict_do_update(index_elements=key, set_=grown))
    measured_days.outdate(db, [(store, at_ms) for store, at_ms, _ in hours], now_ms)


def _path(db: Session, left: EventRow, tag: str) -> list[Came]:
    """Where one kiosk saw a tag since it arrived; nothing if that is not known any more."""
    row = EventRow
    outbox = row.store == left.store, row.kiosk == left.kiosk, row.epoch == left.epoch
    before = row.seq < left.seq, row.seq >= left.seq - LOOK_BACK
    kinds = row.kind.in_([str(Kind.ARRIVED), str(Kind.MOVED), str(Kind.LEFT)])
    named = row.body.contains(f'"{tag}"', autoescape=True)
    query = select(row.kind, row.at_ms, row.clock, row.body).where(*outbox, *before, kinds, named)
    path: list[Came] = []
    for kind, at_ms, clock, body in db.execute(query.order_by(row.seq.desc()).limit(STEPS)):
        if kind == Kind.LEFT or clock not in BELIEVED:
            return []
        path.append(Came(json.decode(body, type=_CAME[kind]).zone, at_ms))
        if kind == Kind.ARRIVED:
            return path[::-1]
    return []


_CAME: dict[str, type[Arrived | Moved]] = {str(Kind.ARRIVED): Arrived, str(Kind.MOVED): Moved}


def _left(body: str) -> Left | None:
    try:
        return json.decode(body, type=Left)
    except DecodeError:  # a disk changed it; `hien gateway check` says so
        return None
