"""By what members are known elsewhere; each such id is one member's and no other's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store.base import Base, insert
from gateway.store.batches import among


class ExternalIdRow(Base):
    """One id of one member, in its one spelling."""

    __tablename__ = "external_id"
    # A million rows of two short texts: stored once, in the order they are looked for.
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it, once

    external: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.external_ids
    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), index=True)
    source: Mapped[str]  # who said so
    at_ms: Mapped[int]


COLUMNS = ("external", "member", "source", "at_ms")


def owners(db: Session, externals: Collection[str]) -> dict[str, str]:
    """Whose each of some ids is; those nobody has are not in it."""
    row = ExternalIdRow
    query = select(row.external, row.member).where(among(row.external, rows=externals))
    return dict(db.execute(query).all())


def claim(db: Session, member: str, external: str | None, said: tuple[str, int]) -> bool:
    """Give a member an id that a source told of at a time; False if it is another's or none."""
    if external is None:
        return False
    source, at_ms = said
    new = {"external": external, "member": member, "source": source, "at_ms": at_ms}
    statement = insert(db, ExternalIdRow).values(new)
    db.execute(statement.on_conflict_do_nothing(index_elements=["external"]))
    return owners(db, [external]) == {external: member}


def of(db: Session, members: Collection[str]) -> Sequence[ExternalIdRow]:
    """All ids of some members."""
    query = select(ExternalIdRow).where(among(ExternalIdRow.member, rows=members))
    return db.scalars(query.order_by(ExternalIdRow.external)).all()


def take_back(db: Session, external: str, member: str) -> None:
    """A member is known by this no longer."""
    db.execute(delete(ExternalIdRow).filter_by(external=external, member=member))
