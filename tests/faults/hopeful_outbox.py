"""A kiosk that tells the shopper whatever the disk says: a planted defect."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from contract.events import ClockTrust
from kiosk.adapters.outbox import Outbox
from runtime.errors import DeviceError
from simulator.faults.outbox_work import AT_MS, DATABASE, KIOSK, STORE, Diary, body

if __name__ == "__main__":
    folder, events = Path(sys.argv[1]), int(sys.argv[2])
    diary = Diary(folder)
    outbox = diary.insist(lambda: Outbox(folder / DATABASE, STORE, KIOSK))
    for number in range(1, events + 1):
        diary.say("try", number)
        with suppress(DeviceError):
            outbox.append(body(number), AT_MS, ClockTrust.TRUSTED)
        diary.say("kept", number, number)
    outbox.close()
