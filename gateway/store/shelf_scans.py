"""How often the codes at shelves were read: by day, shelf, product and link. Nobody is in it.

The page that counts them knows no phone and sets no cookie, so whoever loads it twice counts
twice; what it says is "read so often", never "so many people".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.tracked_links import TAG_MAX
from gateway.core.attribution import Tags
from gateway.store.base import Base, insert

# Kinds of links that one store tells apart on one day: a retailer has a handful, and whoever makes
# some up fills no table.
LINKS_MAX = 500


class ShelfScanRow(Base):
    """One day of one code."""

    __tablename__ = "shelf_scan"

    store: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)  # of the shop
    shelf: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    campaign: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(primary_key=True)
    medium: Mapped[str] = mapped_column(primary_key=True)
    scans: Mapped[int]
    calls: Mapped[int]


@dataclass(frozen=True, slots=True)
class Read:
    """Where which code was read. An advertiser's id of one click is not kept: it is somebody."""

    store: str
    day: date
    shelf: str
    product: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class ShelfTotal:
    """All readings of one shelf's code of one product in some days."""

    shelf: str
    product: str
    campaign: str
    scans: int
    calls: int


def count(db: Session, read: Read, *, times: int = 0, calls: int = 0) -> None:
    """So many more readings, or calls for staff that followed one."""
    tags = tuple(one[:TAG_MAX] for one in (read.tags.campaign, read.tags.origin, read.tags.medium))
    known = db.get(ShelfScanRow, (read.store, read.day, read.shelf, read.product, *tags))
    if known is None and any(tags) and _links(db, read) >= LINKS_MAX:
        tags = ("", "", "")
    key = {"store": read.store, "day": read.day, "shelf": read.shelf, "product": read.product}
    key |= dict(zip(("campaign", "origin", "medium"), tags, strict=True))
    put = insert(db, ShelfScanRow).values(**key, scans=times, calls=calls)
    table = ShelfScanRow.__table__.c
    more = {"scans": table.scans + put.excluded.scans, "calls": table.calls + put.excluded.calls}
    db.execute(put.on_conflict_do_update(index_elements=list(key), set_=more))


def between(db: Session, store: str, first: date, last: date) -> Sequence[ShelfTotal]:
    """What was read in some days, both included; the most read first."""
    names = (ShelfScanRow.shelf, ShelfScanRow.product, ShelfScanRow.campaign)
    scans, calls = func.sum(ShelfScanRow.scans), func.sum(ShelfScanRow.calls)
    query = (
        select(*names, scans, calls)
        .where(ShelfScanRow.store == store, ShelfScanRow.day.between(first, last))
        .group_by(*names)
        .order_by(scans.desc(), *names)
    )
    return [ShelfTotal(*row[:3], int(row[3]), int(row[4])) for row in db.execute(query)]


def _links(db: Session, read: Read) -> int:
    query = select(func.count()).select_from(ShelfScanRow)
    here = (ShelfScanRow.store == read.store, ShelfScanRow.day == read.day)
    return db.scalar(query.where(*here)) or 0
