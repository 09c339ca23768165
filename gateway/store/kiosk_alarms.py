"""What is wrong with kiosks, since when, and when somebody was told of it last."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ForeignKeyConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.fleet import Alarm, Trouble
from gateway.store.base import Base


class KioskAlarmRow(Base):
    """One trouble of one kiosk; gone once it is over and its quiet period too."""

    __tablename__ = "kiosk_alarm"
    __table_args__ = (ForeignKeyConstraint(["store", "kiosk"], ["kiosk.store", "kiosk.kiosk"]),)

    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    trouble: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.fleet.Trouble
    since_ms: Mapped[int]
    told_ms: Mapped[int | None]
    is_over: Mapped[bool]


def known(db: Session) -> dict[tuple[str, str], dict[Trouble, Alarm]]:
    """All alarms, by kiosk."""
    found: dict[tuple[str, str], dict[Trouble, Alarm]] = {}
    for row in db.scalars(select(KioskAlarmRow)):
        of_kiosk = found.setdefault((row.store, row.kiosk), {})
        of_kiosk[Trouble(row.trouble)] = Alarm(row.since_ms, row.told_ms, row.is_over)
    return found


def keep(db: Session, at: tuple[str, str], alarms: Mapping[Trouble, Alarm]) -> None:
    """Remember these of a kiosk, and no others."""
    store, kiosk = at
    db.execute(delete(KioskAlarmRow).filter_by(store=store, kiosk=kiosk))
    for trouble, one in alarms.items():
        db.add(
            KioskAlarmRow(
                store=store,
                kiosk=kiosk,
                trouble=trouble,
                since_ms=one.since_ms,
                told_ms=one.told_ms,
                is_over=one.is_over,
            )
        )
