"""What went wrong with people's data, and by when the authority has to know. Tells nobody itself.

An incident is what was said of it, in order; nothing of that is changed, only added to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Text

HOUR_MS = 3_600_000
WORDS_MAX = 2_000  # letters of one entry; a page of an A4 sheet


class What(StrEnum):
    """What one entry says. The last of each counts, and all of them are kept."""

    HAPPENED = "happened"
    WHO = "who"
    DATA = "data"
    HOW_MANY = "how_many"
    MEASURES = "measures"
    AUTHORITY = "authority"  # was told: it ends the clock
    PEOPLE = "people"  # were told
    OTHERS = "others"  # were told: a processor, an insurer
    NOTE = "note"
    CLOSED = "closed"


FIRST = (What.HAPPENED, What.WHO, What.DATA, What.HOW_MANY)  # what whoever notices it can say
TOLD = frozenset({What.AUTHORITY, What.PEOPLE, What.OTHERS})  # entries that say when that was
TITLES = {
    What.HAPPENED: Text("Việc gì đã xảy ra", "What happened"),
    What.WHO: Text("Ai bị ảnh hưởng", "Who is affected"),
    What.DATA: Text("Loại dữ liệu", "Which data"),
    What.HOW_MANY: Text("Bao nhiêu người", "How many people"),
    What.MEASURES: Text("Đã làm gì, sẽ làm gì", "What was done and will be"),
    What.AUTHORITY: Text("Đã báo cơ quan chuyên trách", "The authority was told"),
    What.PEOPLE: Text("Đã báo người bị ảnh hưởng", "Those affected were told"),
    What.OTHERS: Text("Đã báo bên khác", "Others were told"),
    What.NOTE: Text("Ghi chú", "Note"),
    What.CLOSED: Text("Kết thúc", "Closed"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One entry."""

    what: What
    words: str
    said_ms: int
    by: str  # who wrote it: staff, or a command
    told_ms: int | None = None  # of TOLD: when they were told


class Standing(StrEnum):
    """How an incident is."""

    RUNNING = "running"  # the authority does not know yet, and there is time
    LATE = "late"
    TOLD = "told"
    TOLD_LATE = "told_late"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Incident:
    """One, with everything that was said of it, the oldest first."""

    number: int
    known_ms: int
    due_ms: int
    said: Sequence[Said]

    def last(self, what: What) -> Said | None:
        """What counts of one sort of entry."""
        return next((one for one in reversed(self.said) if one.what == what), None)

    @property
    def told_ms(self) -> int | None:
        """When the authority was told first; None: it does not know."""
        times = [one.told_ms for one in self.said if one.what is What.AUTHORITY]
        return min((at_ms for at_ms in times if at_ms is not None), default=None)

    def standing(self, now_ms: int) -> Standing:
        """How it is now; an incident that was closed untold is closed: the owner decided so."""
        told_ms = self.told_ms
        if self.last(What.CLOSED) is not None:
            return Standing.CLOSED
        if told_ms is None:
            return Standing.LATE if now_ms > self.due_ms else Standing.RUNNING
        return Standing.TOLD_LATE if told_ms > self.due_ms else Standing.TOLD


def due_ms(known_ms: int, hours: int) -> int:
    """By when the authority has to know of what became known then."""
    return known_ms + hours * HOUR_MS
