"""A phone's word that it is here becomes evidence on the visit that radio and passes are on too.

Decides and records in the caller's transaction; the caller commits, and only then speaks.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from contract import arrivals
from contract.arrivals import Arrival
from contract.events import Body, ClockTrust, Event
from contract.messages import Live
from gateway.answers import Turn
from gateway.core.arrivals import Answer, Facts, judge
from gateway.store import base, profiles, scene, stores
from gateway.store.scene import Shop

# An unknown member costs the same time as a wrong signature; whoever could sign with this is still
# nobody.
NOBODYS_KEY = bytes.fromhex("b8412fe206c1025c389b55483dd570835d66cde1aadeda373d7928b00de91f6b")


STRANGER = Facts(is_genuine=False, consents=(), is_known_beacon=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an arrival: the answer, and what to tell the pages of which store."""

    answer: Answer
    store: str = ""
    live: tuple[Live, ...] = ()


def weigh(db: Session, arrival: Arrival, now_ms: int) -> Answer:
    """What an arrival deserves, but for a replay; changes nothing."""
    member = arrival.member
    key = profiles.pass_keys(db, {member}, now_ms).get((member, arrival.key_id))
    is_signed = arrivals.is_genuine(arrival, key or NOBODYS_KEY)
    if key is None or not is_signed:
        return judge(arrival, STRANGER, now_ms)  # who floods us costs us one look and no more
    heir = profiles.heirs(db, {member}).get(member, member)
    consents = profiles.consents(db, {heir})[heir]
    where = stores.advertising(db, arrival.beacon)
    return judge(arrival, Facts(True, consents, where is not None), now_ms)


def take(db: Session, arrival: Arrival, now_ms: int) -> Taken:
    """Weigh an arrival, and if it counts, record it."""
    answer = weigh(db, arrival, now_ms)
    where = stores.advertising(db, arrival.beacon)
    if answer is not Answer.ACCEPTED or where is None:
        return Taken(answer)
    base.take_turns(db, {where.store})
    shop = Shop({row.store: row.store_no for row in stores.every(db)}, now_ms)
    with db.no_autoflush:  # as for a batch: the scene knows what is pending
        event = _event(where, min(arrival.heard_ms, now_ms))
        of = scene.load(db, [event], shop, {arrival.member})
        turn = Turn(of, event)
        turn.reported(arrival.member)
        of.keep()
    return Taken(answer, where.store, tuple(turn.live))


def _event(where: stores.KioskRow, at_ms: int) -> Event:
    """What a turn wants to know of it: where and when. No outbox numbered it, and none is told."""
    body, clock = Body(), ClockTrust.TRUSTED
    return Event("", where.store, where.kiosk, "", 0, at_ms, clock, body, "")
