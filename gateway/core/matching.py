"""Who a piece of evidence says is here, and how sure that is; and which pass is a replay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from gateway.core.visits import Place, Span

SAME_CHECK_IN_MS = 90_000  # longer than any pass is valid, so a pass serves one check-in


class Source(StrEnum):
    """Where evidence comes from."""

    TAG = "tag"
    PASS = "pass"
    TOUCH = "touch"
    PHONE = "phone"
    DOOR = "door"  # a door let them in
    NUMBER = "number"  # a code that was sent to their telephone was typed at the screen
    SCREEN_CODE = "screen_code"  # their phone claimed a screen's code, and a touch there said yes


# A phone signs what it heard, and a beacon can be imitated elsewhere.
# A tag can be borrowed, lost or cloned; a fresh pass needs the member's own unlocked phone.
CONFIDENCE = {
    Source.TAG: 0.6,
    Source.PHONE: 0.6,
    Source.TOUCH: 0.6,
    Source.PASS: 0.95,
    Source.DOOR: 0.95,
    Source.NUMBER: 0.95,  # their own unlocked phone, and a hand at the screen
    Source.SCREEN_CODE: 0.95,  # their own phone, as for a pass, and a hand at the screen
}


CHECKED_IN = (Source.PASS, Source.PHONE, Source.SCREEN_CODE)
"""By their own hand or phone, not by a tag that was heard."""


class Evidence(Struct, frozen=True):
    """One reason to believe that a member was in a store, from then till then."""

    member: str
    source: Source
    span: Span

    @property
    def confidence(self) -> float:
        """How likely it is, between 0 and 1."""
        return CONFIDENCE[self.source]


@dataclass(frozen=True, slots=True)
class PassUse:
    """A genuine pass was held to a camera."""

    slot: int
    place: Place


def is_replay(use: PassUse, before: Iterable[PassUse]) -> bool:
    """Whether a pass was shown before, by the same or another hand; `before` in any order.

    The same slot at the same kiosk soon after is the same check-in. The same slot anywhere else
    is a replay, and so is an older slot than one that had been shown by then: a picture of it.
    """
    at_ms = use.place.at_ms
    for one in before:
        if one.slot == use.slot:
            is_here = (one.place.store, one.place.kiosk) == (use.place.store, use.place.kiosk)
            if not is_here or abs(at_ms - one.place.at_ms) > SAME_CHECK_IN_MS:
                return True
        elif one.slot > use.slot and one.place.at_ms < at_ms:
            return True
    return False
