"""Whether a connector works, from what is known of it: a pure judgement, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.changes import ConnectorKind

# Together at most 12 minutes from a change that nobody told us to its discovery; 15 are promised.
ASK_EVERY_MS = 10 * 60_000
GRACE_MS = 2 * 60_000  # a delivery may take this long before its absence means anything

UNANSWERED_MS = 2 * ASK_EVERY_MS + GRACE_MS  # two questions in a row without an answer
REFUSED_LATELY_MS = 3_600_000


class Trouble(StrEnum):
    """What is wrong with a connector. The closed list; each has a sentence in both languages."""

    SILENT = "silent"  # things changed there and it did not tell
    UNANSWERED = "unanswered"  # it cannot be asked, so nobody would notice its silence
    REFUSED = "refused"  # deliveries were refused within the hour
    NEVER_HEARD = "never_heard"
    NOT_ASKED = "not_asked"  # it has no address to be asked at: its silence goes unnoticed


@dataclass(frozen=True, slots=True)
class Identity:
    """A connector, as the settings name it."""

    name: str
    kind: ConnectorKind
    is_asked: bool  # whether it is asked for what it did not tell


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking for one noun."""

    silent_since_ms: int | None
    answered_at_ms: int | None
    asked_at_ms: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a connector."""

    last_delivery_ms: int | None
    last_refusal_ms: int | None
    asked: Sequence[Asked]
    is_asked: bool


def troubles(known: Known, now_ms: int) -> list[Trouble]:
    """What is wrong now, worst first; nothing if it works."""
    found = {
        Trouble.SILENT: any(one.silent_since_ms is not None for one in known.asked),
        Trouble.UNANSWERED: any(_is_unanswered(one, now_ms) for one in known.asked),
        Trouble.REFUSED: known.last_refusal_ms is not None
        and now_ms - known.last_refusal_ms < REFUSED_LATELY_MS,
        Trouble.NEVER_HEARD: known.last_delivery_ms is None,
        Trouble.NOT_ASKED: not known.is_asked,
    }
    return [trouble for trouble in Trouble if found[trouble]]


def _is_unanswered(one: Asked, now_ms: int) -> bool:
    if one.answered_at_ms is None:
        return True
    return now_ms - one.answered_at_ms > UNANSWERED_MS and one.asked_at_ms > one.answered_at_ms
