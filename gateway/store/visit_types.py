"""What people come to the shop for, as the settings say it; kept here for all processes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import json
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.appointments import STANDARD, VisitType
from gateway.store.base import Base


class VisitTypeRow(Base):
    """One type of visit."""

    __tablename__ = "visit_type"

    kind: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]  # in the settings' order, which is the order people choose from
    body: Mapped[str]  # a VisitType as JSON; nobody asks the database for its parts


def keep(db: Session, types: Mapping[str, VisitType]) -> None:
    """From now on these hold; none: the standard ones."""
    if dict(_kept(db)) == dict(types):
        return
    db.execute(delete(VisitTypeRow))
    for place, (kind, one) in enumerate(types.items()):
        db.add(VisitTypeRow(kind=kind, place=place, body=json.encode(one).decode()))
    db.flush()


def every(db: Session) -> Mapping[str, VisitType]:
    """What people may come for here, in order."""
    return _kept(db) or STANDARD


def _kept(db: Session) -> dict[str, VisitType]:
    rows = db.execute(select(VisitTypeRow.kind, VisitTypeRow.body).order_by(VisitTypeRow.place))
    return {kind: json.decode(body, type=VisitType) for kind, body in rows}
