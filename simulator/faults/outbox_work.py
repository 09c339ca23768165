"""A kiosk's outbox at work, in a process to be watched or hurt: `outbox_work FOLDER EVENTS SEED`.

It says in the file SAID what it is about to do and what it was promised; `outbox_promise` reads it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random

from contract.events import Called, ClockTrust
from kiosk.adapters.outbox import Outbox
from simulator.faults.io_log import SAID

DATABASE = "outbox.db"
STORE, KIOSK = "hue-1", "porch"
AT_MS = 1_800_000_000_000
FORGETS, RENUMBERS = 0.12, 0.005  # after that share of events; so some eight events wait


def work(outbox: Outbox, folder: Path, events: int, seed: int) -> None:
    """Append events, forget them, and now and then begin a new epoch."""
    said = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def say(*words: object) -> None:
        os.write(said, f"{' '.join(map(str, words))}\n".encode())

    random = Random(seed)
    waiting: list[int] = []
    say("epoch", outbox.epoch)
    for number in range(1, events + 1):
        say("try", number)
        event, _ = outbox.append(body(number), AT_MS + number, ClockTrust.TRUSTED)
        say("kept", number, event.seq)
        waiting.append(number)
        if random.random() < FORGETS:
            count = random.randint(1, len(waiting))
            say("drop", waiting[count - 1])
            outbox.forget(event.seq - len(waiting) + count)
            say("dropped", waiting[count - 1])
            del waiting[:count]
        if random.random() < RENUMBERS:
            say("renumber")
            outbox.begin_epoch()
            say("epoch", outbox.epoch)
    os.close(said)


def body(number: int) -> Called:
    """An event that can be told from all others, whatever id and number it gets."""
    return Called(session=f"{number:016x}")


def number_of(called: Called) -> int:
    """The number in such an event."""
    return int(called.session, 16)


def main() -> None:
    """As a process of its own."""
    folder, events, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    outbox = Outbox(folder / DATABASE, STORE, KIOSK)
    work(outbox, folder, events, seed)
    outbox.close()


if __name__ == "__main__":
    main()
