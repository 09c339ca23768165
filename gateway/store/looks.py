"""How the screens of each store look, as its owner chose."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.looks import LogoKind, Look
from gateway.core.audit import Deed
from gateway.store import audit, stores
from gateway.store.audit import By, Done
from gateway.store.base import Base, take_turns


class LookRow(Base):
    """What an owner chose for a store; empty: as the kiosks' own settings say."""

    __tablename__ = "look"

    store: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)  # grows: who saw an older one is told
    staff: Mapped[str]  # who changed it last
    at_ms: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    accent: Mapped[str] = mapped_column(default="")
    idle_s: Mapped[int | None]
    logo_kind: Mapped[str | None]  # contract.looks.LogoKind
    logo: Mapped[bytes] = mapped_column(default=b"")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an owner wants; `logo` None: as it was, b"": none."""

    name: str
    accent: str
    idle_s: int | None
    logo: tuple[LogoKind | None, bytes] | None = None


def get(db: Session, store: str) -> LookRow | None:
    """What was chosen for a store."""
    return db.get(LookRow, store, populate_existing=True)


def look(db: Session, store: str) -> Look | None:
    """The same for its kiosks."""
    row = get(db, store)
    if row is None:
        return None
    kind = None if row.logo_kind is None else LogoKind(row.logo_kind)
    return Look(store, row.name, row.accent, row.idle_s, kind, b64encode(row.logo).decode())


def choose(db: Session, by: By, chosen: Chosen, revision: int) -> bool:
    """Kiosks look like this from now on; False if somebody changed it since `revision`."""
    take_turns(db, {f"look {by.store}"})
    row = get(db, by.store)
    if (row.revision if row is not None else 0) != revision:
        return False
    row = row or LookRow(store=by.store, logo=b"")
    before = (row.name, row.accent, row.idle_s)
    row.name, row.accent, row.idle_s = chosen.name, chosen.accent, chosen.idle_s
    now = (row.name, row.accent, row.idle_s)
    told = [
        f"{what}: {one}"
        for what, was, one in zip(("name", "accent", "idle_s"), before, now, strict=True)
        if was != one
    ]
    if chosen.logo is not None:
        row.logo_kind, row.logo = chosen.logo
        told.append(f"logo: {len(row.logo)} bytes")
    row.revision, row.staff, row.at_ms = revision + 1, by.staff, by.at_ms
    db.add(row)
    stores.next_edition(db)
    audit.note(db, by, Done(Deed.SETTINGS_CHANGED, by.store, detail="; ".join(told)))
    return True
