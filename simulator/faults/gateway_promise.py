"""What a gateway receipted, followed line by line, and whether what lies on the disk keeps it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import select

from gateway.store import base, event_check
from gateway.store.events import EventRow
from simulator.faults.checker import judge
from simulator.faults.gateway_work import DATABASE, opened
from simulator.faults.scenario import Tally


@dataclass(slots=True)
class GatewayPromise:
    """Up to which number each kiosk spoke, and up to which it has a receipt."""

    sent: Counter[str] = field(default_factory=Counter)
    receipted: Counter[str] = field(default_factory=Counter)

    def hear(self, line: str) -> None:
        """The intake said something."""
        match line.split():
            case ["sent", kiosk, seq]:
                self.sent[kiosk] = int(seq)
            case ["receipt", kiosk, upto]:
                self.receipted[kiosk] = max(self.receipted[kiosk], int(upto))

    def check(self, folder: Path) -> Tally:
        """Open it as a gateway does, and look at every event."""
        engine = opened(folder)
        try:
            doubts = event_check.damaged_log(engine)
            with base.readers(engine)() as db:
                flaws = [flaw.problem for flaw in event_check.check(db)]
                stored = [(*row,) for row in db.execute(select(EventRow.kiosk, EventRow.seq))]
        finally:
            engine.dispose()
        tally = judge(_numbers(self.sent), _numbers(self.receipted), stored)
        broken = tuple(f"{DATABASE}: {problem}" for problem in flaws)
        figures = {"points": 1, "corrupt": int(bool(flaws)), "false_alarms": len(doubts)}
        return replace(tally, figures=figures, broken=broken)


def _numbers(upto: Counter[str]) -> set[tuple[str, int]]:
    return {(kiosk, seq) for kiosk, last in upto.items() for seq in range(1, last + 1)}
