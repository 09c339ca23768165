"""A door's journal at work, in a process to be watched or hurt: `door_work FOLDER RECORDS SEED`.

It says in the file SAID what it is about to do and what it was promised; `door_promise` reads it.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from random import Random

from contract.events import Decision, Entry, EntryReason
from kiosk.core.entry import Spend
from kiosk.door.journal import Journal, Keeping, Using
from simulator.faults.outbox_work import Diary

DATABASE = "door.db"
AT_MS = 1_800_000_000_000
SLOT = 120_000_000
KEEPING = Keeping(taken=20)  # records a kiosk has: so few that the file stays small
GRANTS, TRIMS = 0.7, 0.1


def opened(folder: Path) -> Journal:
    """The journal in a folder."""
    return Journal(folder / DATABASE, KEEPING)


def work(journal: Journal, diary: Diary, records: int, seed: int) -> None:
    """Write grants, each with the pass it uses up, and refusals; let go of what a kiosk has."""
    random = Random(seed)
    diary.say("id", journal.id)
    for number in range(1, records + 1):
        what = Decision.GRANTED if random.random() < GRANTS else Decision.REFUSED
        diary.say("try", number, what)
        diary.insist(partial(journal.write, [entry(number, what)], using=using(number, what)))
        diary.say("kept", number, what)
        if random.random() < TRIMS:
            journal.taken = number
            diary.say("trim", number - KEEPING.taken)
            diary.insist(journal.trim)
            diary.say("trimmed", number - KEEPING.taken)


def entry(number: int, what: Decision) -> Entry:
    """A record that can be told from all others."""
    reason = EntryReason.PASS if what is Decision.GRANTED else EntryReason.FORGED
    return Entry("front", "0" * 16, 1, AT_MS + number, decision=what, reason=reason)


def using(number: int, what: Decision) -> Using:
    """What goes with it: every grant has a pass of its own."""
    return Using(Spend(key(number), SLOT) if what is Decision.GRANTED else None)


def key(number: int) -> str:
    """Whose pass it was."""
    return f"{number:012x}/1"


def main() -> None:
    """As a process of its own."""
    folder, records, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    diary = Diary(folder)
    journal = diary.insist(partial(opened, folder))
    work(journal, diary, records, seed)
    journal.close()
    diary.close()


if __name__ == "__main__":
    main()
