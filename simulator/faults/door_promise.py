"""What a door wrote before it opened, followed line by line, and whether the disk keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import json

from contract.events import Decision, Entry
from kiosk.door.journal import Journal
from runtime.errors import DeviceError
from simulator.faults.checker import judge
from simulator.faults.door_work import AT_MS, entry, key, opened, using
from simulator.faults.scenario import Tally

_MOST = 1_000_000  # more than any workload leaves
_NEXT = 1 << 30  # a record no workload writes

GRANTED = Decision.GRANTED

_entry = json.Decoder(Entry)


@dataclass(slots=True)
class DoorPromise:
    """The state of a workload, as it told it itself."""

    id: str = ""
    tried: int = 0
    kept: int = 0
    trimming: int = 0  # up to here records may be gone
    trimmed: int = 0  # up to here they are
    tried_keys: set[str] = field(default_factory=set)
    kept_keys: set[str] = field(default_factory=set)

    def hear(self, line: str) -> None:
        """The workload said something."""
        match line.split():
            case ["id", journal]:
                self.id = journal
            case ["try", number, what]:
                self.tried = int(number)
                if what == GRANTED:
                    self.tried_keys.add(key(self.tried))
            case ["kept", number, what]:
                self.kept = int(number)
                if what == GRANTED:
                    self.kept_keys.add(key(self.kept))
            case ["trim", number]:
                self.trimming = max(int(number), self.trimming)
            case ["trimmed", number]:
                self.trimmed = max(int(number), self.trimmed)

    def check(self, folder: Path) -> Tally:
        """Open it as a door does; each record is there, and no pass that opened opens again."""
        found: list[int | str] = []
        try:
            with closing(opened(folder)) as journal:
                rows = journal.pending(0, _MOST)
                found += [_entry.decode(row.body).decided_ms - AT_MS for row in rows]
                found += journal.memory.used
                broken = tuple(self._complaints(journal))
                journal.write(
                    [entry(_NEXT, Decision.GRANTED)], using=using(_NEXT, Decision.GRANTED)
                )
        except DeviceError as error:
            broken = (f"it does not open: {error}",)
        tally = judge(
            {*range(self.trimmed + 1, self.tried + 1), *self.tried_keys},
            {*range(self.trimming + 1, self.kept + 1), *self.kept_keys},
            found,
        )
        return replace(tally, figures={"points": 1, "corrupt": int(bool(broken))}, broken=broken)

    def _complaints(self, journal: Journal) -> Iterator[str]:
        if journal.quarantined is not None:
            yield "it was set aside as damaged"
        elif self.id and journal.id != self.id:
            yield "it is another journal"
        if journal.last < self.kept:
            yield "numbers that were given are given again"
