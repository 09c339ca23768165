"""The workload of an outbox whose file is not synced as it should be: a planted defect."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.adapters.outbox import Outbox
from simulator.faults.outbox_work import DATABASE, KIOSK, STORE, work


def main(synchronous: str) -> None:
    folder, events, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    outbox = Outbox(folder / DATABASE, STORE, KIOSK)
    outbox._db.execute(f"PRAGMA synchronous = {synchronous}")
    work(outbox, folder, events, seed)
    outbox.close()


if __name__ == "__main__":
    main("NORMAL")
