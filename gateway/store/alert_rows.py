"""The table of cards for staff; what may become of them is in `alerts` and `asking`."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.base import Base


class AlertRow(Base):
    """One card."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_store_state", "store", "state"),
        Index("ix_alert_member", "member", "store", "offered_at_ms"),
        Index("ix_alert_look_at_ms", "look_at_ms"),
        Index("ix_alert_store_offered", "store", "offered_at_ms"),
    )

    alert: Mapped[int] = mapped_column(primary_key=True)
    store: Mapped[str]
    kiosk: Mapped[str]
    kind: Mapped[str]  # gateway.core.alerts.AlertKind
    state: Mapped[str]  # gateway.core.alerts.AlertState
    member: Mapped[str | None]  # None: somebody, nobody knows who
    visit: Mapped[int | None]
    session: Mapped[str | None]  # of the screen, for a call for help
    order: Mapped[str | None]
    # Of somebody who called by the phone from a shelf: where it is, and whose code they read.
    shelf: Mapped[str] = mapped_column(default="", server_default="")
    product: Mapped[str] = mapped_column(default="", server_default="")
    offered_at_ms: Mapped[int]
    claimed_at_ms: Mapped[int | None]
    closed_at_ms: Mapped[int | None]
    staff: Mapped[str | None]
    outcome: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="", server_default="")  # by who served them
    follow_up_on: Mapped[date | None]  # when somebody should ask them again
    skill: Mapped[str] = mapped_column(default="", server_default="")  # it needs, beside its kind
    asks: Mapped[str | None]  # whom, while it waits; None: everybody
    # In this round: ids and ';', in order. A '-' before one: who gave the card back.
    asked: Mapped[str] = mapped_column(default="", server_default="")
    round_at_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    look_at_ms: Mapped[int | None]  # when the next one is asked; None: nobody looks
