"""Turns what a door does into records, and knows who is inside. Grants are written at once.

Everything else waits in memory until `flush`, which nobody calls while the lock is released. A
power cut may lose a second of refusals, and never a grant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from msgspec import Raw, structs

from contract.events import (
    LATEST_MS,
    Decision,
    Direction,
    Entry,
    EntryReason,
    Incident,
    Kind,
    Passage,
    Record,
    Trouble,
)
from kiosk.core import occupancy
from kiosk.core.door_wire import BATCH, HandedOver, Records
from kiosk.core.entry import Memory, Verdict
from kiosk.core.hours import OpeningHours
from kiosk.core.occupancy import Occupancy, OccupancyRules
from kiosk.door.journal import NOTHING_USED, Journal, Using
from kiosk.timekeeper import Timekeeper

SORTS = 64  # of refusals told apart between two flushes; beyond it only their reasons are
UNNAMED = "0" * 16  # stands for the journal until it writes its own name and number


@dataclass(frozen=True, slots=True)
class LedgerRules:
    """What the books of a door need to know of its shop."""

    door: str
    hours: OpeningHours
    occupancy: OccupancyRules
    night_h: float  # the count begins again at this hour, when hardly anybody shops


class Ledger:
    """The books of one door."""

    def __init__(self, rules: LedgerRules, journal: Journal, time: Timekeeper) -> None:
        self._rules = rules
        self._journal = journal
        self._time = time
        self._inside = journal.occupancy
        self._notes: list[Record] = []
        self._refused: dict[tuple[EntryReason, str, str], Entry] = {}
        self._let_in = ("", 0)  # the holder last let in, and the number of that entry

    @property
    def memory(self) -> Memory:
        """What earlier entries used up."""
        return self._journal.memory

    @property
    def inside(self) -> Occupancy:
        """Who is believed inside."""
        return self._inside

    @property
    def is_pressing(self) -> bool:
        """Whether more than refusals wait to be written."""
        return bool(self._notes)

    def grant(self, verdict: Verdict) -> int | None:
        """Write a grant, on the disk on return: its number, or None if it was used up before."""
        granted = self._entry(verdict, Decision.GRANTED)
        if not self._write([granted], Using(verdict.spend, verdict.nonce)):
            return None
        self._let_in = (verdict.holder, self._journal.last)
        return self._journal.last

    def refuse(self, verdict: Verdict) -> None:
        """Note a refusal. Equal ones count together: a code held up must not wear out the card."""
        sort = (verdict.reason, verdict.holder, verdict.staff)
        if sort not in self._refused and len(self._refused) >= SORTS:
            verdict = Verdict(verdict.reason)
            sort = (verdict.reason, "", "")
        found = self._refused.get(sort)
        if found is None:
            self._refused[sort] = self._entry(verdict, Decision.REFUSED)
        else:
            self._refused[sort] = structs.replace(found, times=found.times + 1)

    def came_in(self) -> None:
        """Note that somebody went in: first who was let in, then people nobody knows."""
        holder, number = self._let_in
        self._let_in = ("", number)
        self._inside = occupancy.came_in(self._inside, self._time.belief().unix_s, holder)
        self._notes.append(self._passage(Direction.IN, number))

    def went_out(self) -> None:
        """Note that somebody left."""
        self._inside = occupancy.went_out(self._inside)
        self._notes.append(self._passage(Direction.OUT, 0))

    def trouble(self, trouble: Trouble, is_over: bool = False) -> None:
        """Note that something is wrong, or right again."""
        self._notes.append(Incident(*self._stamp(), trouble=trouble, is_over=is_over))

    def flush(self) -> None:
        """Write what waits, on the disk on return; DeviceError if the disk refuses."""
        if self._notes or self._refused or self._inside != self._journal.occupancy:
            self._write([], NOTHING_USED)

    def time_passed(self) -> None:
        """Let the count heal; at night it begins again, and old records go."""
        believed = self._time.belief()
        if not believed.is_known:
            return
        local = self._rules.hours.local(believed.unix_s)
        day: date = (local - timedelta(hours=self._rules.night_h)).date()
        was = self._inside
        self._inside = occupancy.passed(was, self._rules.occupancy, believed.unix_s, day)
        if self._inside.day != was.day:
            self._journal.trim()

    def hand_over(self, journal: str | None, kept: int) -> Records:
        """The records after those a kiosk has kept; one that does not remember is told on."""
        if journal == self._journal.id:
            self._journal.taken = max(self._journal.taken, min(kept, self._journal.last))
            after = kept
        else:
            after = self._journal.taken
        rows = self._journal.pending(after, BATCH)
        records = (HandedOver(row.number, Kind(row.kind), Raw(row.body)) for row in rows)
        return Records(self._journal.id, tuple(records))

    def _write(self, records: list[Record], using: Using) -> bool:
        waiting = [*self._refused.values(), *self._notes]
        if not self._journal.write([*waiting, *records], self._inside, using):
            return False
        self._refused.clear()
        self._notes.clear()
        return True

    def _entry(self, verdict: Verdict, decision: Decision) -> Entry:
        return Entry(
            *self._stamp(),
            decision=decision,
            reason=verdict.reason,
            holder=verdict.holder,
            staff=verdict.staff,
            doubts=verdict.doubts,
            occupancy=self._inside.people,
        )

    def _passage(self, direction: Direction, number: int) -> Passage:
        people = self._inside.people
        return Passage(*self._stamp(), direction=direction, occupancy=people, entry=number)

    def _stamp(self) -> tuple[str, str, int, int]:
        """Door, journal, number and time; the journal replaces its name and the number."""
        now_ms = int(self._time.belief().unix_s * 1_000)
        return self._rules.door, UNNAMED, 1, min(max(now_ms, 0), LATEST_MS)
