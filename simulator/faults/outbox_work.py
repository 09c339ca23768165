"""A kiosk's outbox at work, in a process to be watched or hurt: `outbox_work FOLDER EVENTS SEED`.

It says in the file SAID what it is about to do and what it was promised; `outbox_promise` reads it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic
from typing import TypeVar

from contract.events import Called, ClockTrust
from kiosk.adapters.outbox import Outbox
from runtime.errors import DeviceError
from simulator.faults.io_log import SAID

DATABASE = "outbox.db"
STORE, KIOSK = "hue-1", "porch"
AT_MS = 1_800_000_000_000
REFUSALS_MAX = 300  # in a row, of one deed; no fault here lasts as long
AT_ONCE = (1, 1, 1, 2, 3)  # events; what happens at the same instant is kept as one
FORGETS, RENUMBERS = 0.12, 0.005  # after that share of events; so some eight events wait

Done = TypeVar("Done")


class Diary:
    """What the workload says, each line at once."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._refused_s = 0.0

    def say(self, *words: object) -> None:
        """One line."""
        os.write(self._file, f"{' '.join(map(str, words))}\n".encode())

    def insist(self, deed: Callable[[], Done]) -> Done:
        """Do it, again while the disk refuses; after REFUSALS_MAX times the error is raised."""
        for _ in range(REFUSALS_MAX):
            try:
                done = deed()
            except DeviceError as error:
                self.refused(error)
            else:
                self.recovered()
                return done
        return deed()

    def refused(self, why: object) -> None:
        """The disk did not take it, and somebody was told why."""
        self._refused_s = monotonic()
        self.say("refused", why)

    def recovered(self) -> None:
        """It goes on, if it did not before."""
        if self._refused_s:
            self.say("recovered", round(monotonic() - self._refused_s, 3))
            self._refused_s = 0.0

    def close(self) -> None:
        """The end."""
        os.close(self._file)


def work(outbox: Outbox, diary: Diary, events: int, seed: int) -> None:
    """Append events, forget them, and now and then begin a new epoch."""
    random = Random(seed)
    waiting: list[int] = []
    last = 0
    diary.say("epoch", outbox.epoch)
    while last < events:
        numbers = range(last + 1, last + 1 + random.choice(AT_ONCE))
        last = numbers[-1]
        diary.say("try", last)
        bodies = [body(number) for number in numbers]
        kept = diary.insist(partial(outbox.append_all, bodies, AT_MS + last, ClockTrust.TRUSTED))
        event, _ = kept[-1]
        diary.say("kept", last, event.seq)
        waiting += numbers
        if random.random() < FORGETS:
            count = random.randint(1, len(waiting))
            diary.say("drop", waiting[count - 1])
            diary.insist(partial(outbox.forget, event.seq - len(waiting) + count))
            diary.say("dropped", waiting[count - 1])
            del waiting[:count]
        if random.random() < RENUMBERS:
            diary.say("renumber")
            diary.insist(outbox.begin_epoch)
            diary.say("epoch", outbox.epoch)


def body(number: int) -> Called:
    """An event that can be told from all others, whatever id and number it gets."""
    return Called(session=f"{number:016x}")


def number_of(called: Called) -> int:
    """The number in such an event."""
    return int(called.session, 16)


def main(prepare: Callable[[Outbox], object] = lambda _outbox: None) -> None:
    """As a process of its own; a test may spoil the outbox before."""
    folder, events, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    diary = Diary(folder)
    outbox = diary.insist(lambda: Outbox(folder / DATABASE, STORE, KIOSK))
    prepare(outbox)
    work(outbox, diary, events, seed)
    outbox.close()
    diary.close()


if __name__ == "__main__":
    main()
