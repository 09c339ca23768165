"""A phone claims the code on a kiosk's screen: the session of that name becomes its member's.

Decides and records in the caller's transaction; the caller commits, and only then speaks. Nothing
personal follows before a touch at the kiosk: the claim may come from a picture of the code.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from contract import screen_codes
from contract.messages import Level, Show
from contract.screen_codes import Claim
from contract.topics import KioskAddress
from gateway.core import greeting
from gateway.core.screen_codes import Answer, is_shown
from gateway.store import profiles, screen_sessions, stores
from gateway.store.stores import KioskRow

# An unknown member costs the same time as a wrong signature; whoever could sign with this is still
# nobody.
NOBODYS_KEY = bytes.fromhex("b8412fe206c1025c389b55483dd570835d66cde1aadeda373d7928b00de91f6b")


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a claim: the answer, and what to say to which screen."""

    answer: Answer
    show: tuple[KioskAddress, Show] | None = None


def showing(db: Session, kiosk: str, code: str, now_ms: int) -> KioskRow | None:
    """The kiosk of that name whose screen shows a code that is still good."""
    digest = screen_codes.digest(code)
    for row in stores.with_code(db, kiosk, digest):
        state = stores.state_of(row)
        if state is not None and is_shown(state, row.said_at_ms or 0, digest, now_ms):
            return row
    return None


def weigh(db: Session, claim: Claim, now_ms: int) -> Answer:
    """What a claim deserves, but for another that was first; changes nothing.

    Who floods us with codes costs one look each, and no signature is checked for them.
    """
    where = showing(db, claim.kiosk, claim.code, now_ms)
    if where is None:
        return Answer.EXPIRED
    key = profiles.pass_keys(db, {claim.member}, now_ms).get((claim.member, claim.key_id))
    is_signed = screen_codes.is_genuine(claim, key or NOBODYS_KEY)
    if key is None or not is_signed:
        return Answer.REFUSED
    state = stores.state_of(where)
    return Answer.ACCEPTED if state is not None and state.online else Answer.OFFLINE


def take(db: Session, claim: Claim, now_ms: int) -> Taken:
    """Give the code's session to a member whose claim was weighed; only ever to the first."""
    where = showing(db, claim.kiosk, claim.code, now_ms)
    if where is None:
        return Taken(Answer.EXPIRED)
    member = profiles.heirs(db, {claim.member}).get(claim.member, claim.member)
    if not screen_sessions.claim(db, (where.store, where.kiosk, claim.code), member):
        return Taken(Answer.USED)
    masked = greeting.masked(profiles.by_member(db, {member})[member].name)
    asked_by = screen_codes.digest(claim.code)  # no event asked
    show = Show(claim.code, asked_by, Level.CONFIRM, masked_name=masked)
    return Taken(Answer.ACCEPTED, (KioskAddress(where.store, where.kiosk), show))
