"""Who works here, as the owner runs it: invited, changed, given a new PIN, dismissed.

It never gives anybody's own PIN away: what it draws is good for a day and till they choose theirs.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from gateway.core.audit import Deed
from gateway.core.roles import Role
from gateway.store import audit, passkeys, staff
from gateway.store.audit import By, Done
from gateway.store.offers import Owner
from gateway.store.staff import StaffRow

GIVEN_DIGITS = 6
GIVEN_LIFE_MS = 24 * 60 * 60 * 1000  # given in the evening, used at the next shift's beginning


class Refusal(StrEnum):
    """Why somebody is not invited or changed."""

    KNOWN = "known"  # there is somebody under that name
    UNKNOWN = "unknown"
    ONESELF = "oneself"  # so that there is always an owner


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody is and where; words separated by ';', none: all."""

    name: str
    role: Role
    stores: str = ""
    zones: str = ""
    skills: str = ""


def invite(db: Session, by: By, new: str, place: Place) -> str | Refusal:
    """Somebody new; returns the PIN for their first sign-in, which is kept nowhere."""
    if db.get(StaffRow, new) is not None:
        return Refusal.KNOWN
    row = StaffRow(staff=new, owner=Owner.CONSOLE, session=by.at_ms)
    _set(row, place)
    pin = _give_pin(row, by.at_ms)
    db.add(row)
    audit.note(db, by, Done(Deed.STAFF_INVITED, new, detail=str(place.role)))
    return pin


def change(db: Session, by: By, who: str, place: Place) -> Refusal | None:
    """Another role or place; what they have open follows at their next touch."""
    row = db.get(StaffRow, who)
    if row is None:
        return Refusal.UNKNOWN
    if who == by.staff and row.role != place.role:
        return Refusal.ONESELF
    before = {one: getattr(row, one) for one in ("name", "role", "stores", "zones", "skills")}
    _set(row, place)
    row.owner = Owner.CONSOLE
    told = "; ".join(
        f"{one}: {was} → {now}" for one, was in before.items() if (now := getattr(row, one)) != was
    )
    audit.note(db, by, Done(Deed.STAFF_CHANGED, who, detail=told))
    return None


def new_pin(db: Session, by: By, who: str) -> str | Refusal:
    """A PIN for one sign-in; the old one is good no more, and whoever sits there is thrown out.

    Their passkeys go as well: whoever found the telephone may be why somebody asks for this.
    """
    row = db.get(StaffRow, who)
    if row is None:
        return Refusal.UNKNOWN
    _end_sessions(row, by.at_ms)
    passkeys.remove_all(db, by, who)
    row.owner = Owner.CONSOLE
    pin = _give_pin(row, by.at_ms)
    audit.note(db, by, Done(Deed.STAFF_PIN_RESET, who))
    return pin


def dismiss(db: Session, by: By, who: str) -> Refusal | None:
    """They work here no longer: nothing they have open goes on. Their past deeds stay theirs."""
    row = db.get(StaffRow, who)
    if row is None:
        return Refusal.UNKNOWN
    if who == by.staff:
        return Refusal.ONESELF
    _end_sessions(row, by.at_ms)
    passkeys.remove_all(db, by, who)
    row.disabled_at_ms, row.owner = by.at_ms, Owner.CONSOLE
    audit.note(db, by, Done(Deed.STAFF_DISABLED, who))
    return None


def take_back(db: Session, by: By, who: str) -> str | Refusal:
    """They are here again, with a new PIN for one sign-in."""
    row = db.get(StaffRow, who)
    if row is None:
        return Refusal.UNKNOWN
    row.disabled_at_ms = None
    audit.note(db, by, Done(Deed.STAFF_ENABLED, who))
    return new_pin(db, by, who)


def choose_pin(db: Session, by: By, old: str, new: str) -> bool:
    """Their own PIN from now on; False if the old one is wrong. `db` as for `staff.sign_in`."""
    row = staff.sign_in(db, by.staff, old, by.at_ms)
    if row is None:
        return False
    row.pin_hash, row.pin_until_ms, row.owner = staff.hash_pin(new), None, Owner.CONSOLE
    audit.note(db, by, Done(Deed.PIN_CHANGED, by.staff))
    return True


def _set(row: StaffRow, place: Place) -> None:
    row.name, row.role = place.name, place.role
    row.stores, row.zones, row.skills = place.stores, place.zones, place.skills


def _give_pin(row: StaffRow, at_ms: int) -> str:
    pin = "".join(secrets.choice("0123456789") for _ in range(GIVEN_DIGITS))
    row.pin_hash, row.pin_until_ms = staff.hash_pin(pin), at_ms + GIVEN_LIFE_MS
    row.failures = row.locked_until_ms = 0
    return pin


def _end_sessions(row: StaffRow, at_ms: int) -> None:
    row.session = max(row.session + 1, at_ms)
    row.duty_store = None
