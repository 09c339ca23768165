"""How a kiosk's machine is, what its screen shows in one word, and what became of orders.

Nothing here is about a shopper. What a machine cannot say is None, and never a guess.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

Bytes = Annotated[int, Meta(ge=0, le=2**53)]  # what JSON's readers keep exactly
Seconds = Annotated[float, Meta(ge=0, le=2**31)]
Percent = Annotated[int, Meta(ge=0, le=110)]  # 110: beyond the life its maker promised


class Vitals(Struct, frozen=True, forbid_unknown_fields=True):
    """What a machine measures about itself."""

    temperature_c: Annotated[float, Meta(ge=-60, le=200)] | None = None
    # The bits of `vcgencmd get_throttled`: 0 to 3 now, 16 to 19 since the machine started.
    throttled: Annotated[int, Meta(ge=0, le=0xFFFFF)] | None = None
    disk_free_bytes: Bytes | None = None  # where events are kept
    disk_total_bytes: Bytes | None = None
    card_worn_percent: Percent | None = None  # eMMC says so, SD cards hardly ever
    card_written_bytes: Bytes | None = None  # since the machine started
    memory_free_bytes: Bytes | None = None
    up_s: Seconds | None = None


class Shown(StrEnum):
    """What a screen shows, as far as others may know."""

    INVITATION = "invitation"
    SERVING = "serving"  # somebody is there; what they see is theirs
    IDENTIFY = "identify"
    CLOSED = "closed"
    OUT_OF_ORDER = "out_of_order"


class Glass(Struct, frozen=True, forbid_unknown_fields=True):
    """A screen, redacted to a word."""

    shown: Shown
    behind_s: Seconds = 0.0  # since when the browser owes the present picture
    touched_ago_s: Seconds | None = None  # None: not since the kiosk started


class Outcome(StrEnum):
    """What a kiosk did with an order that was genuine and for it."""

    DONE = "done"
    EXPIRED = "expired"
    EARLY = "early"
    CLOCK_UNKNOWN = "clock_unknown"
    SERVING = "serving"  # no picture: somebody is there, or the browser owes another
    UNABLE = "unable"  # no picture: nobody here can take one
    BEFORE_START = "before_start"  # it may have been obeyed by the process that was before


class OrderAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """One order and what became of it."""

    nonce: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    outcome: Outcome
