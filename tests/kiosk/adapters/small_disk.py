"""An outbox on a disk that others fill to the last byte: `small_disk FOLDER`, a disk of 6 MB.

A process of its own, because it needs a disk of its own. It prints what it saw, one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from kiosk.adapters.outbox import Outbox
from runtime.errors import DeviceError
from tests.kiosk.adapters.outboxes import fill, reopened, seqs

Seen = dict[str, object]


def eat(folder: Path, number: int, leave_bytes: int = 0) -> Path:
    """What somebody else writes who does not stop before the disk is full."""
    disk = os.statvfs(folder)
    eater = folder / f"eater-{number}"
    with eater.open("wb", buffering=0) as file:
        try:
            file.write(bytes(max(disk.f_bavail * disk.f_frsize - leave_bytes, 0)))
            while not leave_bytes:
                file.write(bytes(4096))
        except OSError:
            pass
    return eater


def until_refused(outbox: Outbox) -> str:
    """Append until it says no; what it says."""
    try:
        while True:
            fill(outbox, 1)
    except DeviceError as error:
        return str(error)


def main(folder: Path) -> Seen:
    seen: Seen = {}
    path = folder / "outbox.db"
    outbox = reopened(path)
    fill(outbox, 100)
    eaters = [eat(folder, 0, leave_bytes=50_000)]
    seen["short before"] = outbox.is_short
    before = outbox.last
    seen["refusal"] = until_refused(outbox)
    seen["short"] = outbox.is_short
    seen["kept on the reserve"] = outbox.last - before
    rounds = []
    for number in range(1, 4):
        eaters.append(eat(folder, number))
        first = outbox.last - outbox.depth() + 1
        for upto in range(first, outbox.last, 100):  # as receipts come
            outbox.forget(upto)
        outbox.tidy()
        more = outbox.last
        until_refused(outbox)
        rounds.append((first, more, outbox.last))
    seen["rounds"] = rounds
    for eater in eaters:
        eater.unlink()
    outbox.restock()
    seen["short after"] = outbox.is_short
    fill(outbox, 1)
    last, waiting = outbox.last, seqs(outbox, limit=1_000_000)
    outbox.close()
    again = reopened(path)
    seen["sound"] = again.quarantined is None
    seen["whole"] = waiting == list(range(waiting[0], last + 1)) == seqs(again, limit=1_000_000)
    again.close()
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
