"""The workload of an outbox whose file is not synced as it should be: a planted defect."""

from __future__ import annotations

from functools import partial

from kiosk.adapters.outbox import Outbox
from simulator.faults.outbox_work import main


def spoil(outbox: Outbox, synchronous: str) -> None:
    outbox._db.execute(f"PRAGMA synchronous = {synchronous}")


if __name__ == "__main__":
    main(partial(spoil, synchronous="NORMAL"))
