"""A member's appointments on a kiosk's screen: what it says of them, and what a touch on one does.

Who may check in is decided where everybody checks in, gateway.appointments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from contract.messages import ShownAppointment, Text
from gateway import appointments
from gateway.appointments import Deed, Held
from gateway.core import greeting
from gateway.core.alerts import STALE_AFTER_MS
from gateway.core.appointments import SENTENCES, Hitch, VisitStep, VisitType, type_of
from gateway.core.visits import Place
from gateway.situations import local
from gateway.store import visit_types
from gateway.store.appointments import AppointmentRow
from gateway.store.staff import StaffRow

SHOWN, BRINGS = 6, 8  # what contract.messages.Show carries


def shown(
    db: Session, rows: Sequence[AppointmentRow], place: Place
) -> tuple[ShownAppointment, ...]:
    """What a screen says of a member's appointments, those of this store first, then the soonest.

    One that cannot be checked in for here and now is shown with its reason: who came on the
    wrong day or to the wrong store learns which is the right one.
    """
    if not rows:
        return ()
    types = visit_types.every(db)
    first = sorted(rows, key=lambda row: (row.store != place.store, row.starts_at_ms or 0))
    return tuple(_shown(db, row, type_of(types, row.kind), place) for row in first[:SHOWN])


def take(
    db: Session, rows: Sequence[AppointmentRow], subject: str, place: Place, now_ms: int
) -> AppointmentRow | None:
    """Check a member in for one of their appointments; None if it cannot be, or is too long ago.

    A kiosk that was cut off for long tells of somebody who was served at the counter meanwhile.
    """
    is_stale = now_ms - place.at_ms > STALE_AFTER_MS
    if is_stale or subject not in {row.appointment for row in rows}:
        return None
    deed = Deed(VisitStep.CHECK_IN, f"kiosk:{place.kiosk}", place.at_ms, place.store)
    taken = appointments.take(db, subject, deed)
    return None if isinstance(taken, Held) else taken


def _shown(db: Session, row: AppointmentRow, kind: VisitType, place: Place) -> ShownAppointment:
    host = db.get(StaffRow, row.host) if row.host else None
    hitch = None if row.ticket is not None else _hitch(row, kind, place)
    return ShownAppointment(
        row.appointment,
        kind.name,
        _starts(local(row.starts_at_ms or place.at_ms), local(place.at_ms)),
        greeting.first_name(host.name) if host is not None else "",
        kind.checklist[:BRINGS],
        row.ticket,
        None if hitch is None else SENTENCES[hitch],
    )


def _hitch(row: AppointmentRow, kind: VisitType, place: Place) -> Hitch | None:
    if row.store != place.store:
        return Hitch.ELSEWHERE
    return appointments.punctual_at(row, kind, place.at_ms)


def _starts(at: datetime, now: datetime) -> Text:
    clock = f"{at:%H:%M}"
    if at.date() == now.date():
        return Text(f"{clock} hôm nay", f"{clock} today")
    return Text(f"{clock} ngày {at:%d/%m}", f"{clock} on {at.day} {at:%b}")
