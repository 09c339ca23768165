"""The screen of a shop that is closed: by its hours, or because its owner says so.

Nobody who is served is sent away by it. Where nobody can say what time it is, the shop is open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from contract.events import EntryReason
from kiosk.core import hours
from kiosk.core.clock_trust import Belief
from kiosk.core.hours import OpeningHours, Shop
from kiosk.core.screen_state import Attract, Closed, KeptOut, ScreenState, is_anyones, to

SHUT = (EntryReason.CLOSED, EntryReason.HOLIDAY)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What decides whether this kiosk's shop is open."""

    opening: OpeningHours | None = None  # none: always, unless the owner says otherwise
    is_closed_by_owner: bool = False


def closed(calendar: Calendar, now: Belief) -> Closed | None:
    """The screen that it is closed, and until when; None while it is open."""
    if calendar.is_closed_by_owner:
        return Closed(is_by_owner=True)  # until they open it; hours would promise too much
    opening = calendar.opening
    if opening is None or not now.is_known or hours.at(opening, now.unix_s) is Shop.OPEN:
        return None
    opens_at = hours.next_opening(opening, now.unix_s)
    return Closed(opens_at, 0 if opens_at is None else _days(opening.local(now.unix_s), opens_at))


def look(state: ScreenState, found: Closed | None, now_s: float) -> ScreenState:
    """Put the closed screen in the place of the invitation, or the other way round."""
    match state.screen:
        case Closed() if found is None:
            return to(state, Attract(), now_s, session="")
        case Closed() if found != state.screen and found is not None:
            return replace(state, screen=found, revision=state.revision + 1)
        case Attract() if found is not None and not is_anyones(state):
            return to(state, found, now_s, session="")
    return state


def explain(state: ScreenState, found: Closed | None) -> ScreenState:
    """Whoever is kept out because the shop is closed is told until when, if that is known."""
    screen = state.screen
    if not isinstance(screen, KeptOut) or screen.reason not in SHUT or screen.opens == found:
        return state
    return replace(state, screen=replace(screen, opens=found), revision=state.revision + 1)


def _days(now: datetime, then: datetime) -> int:
    return (then.date() - now.date()).days
