"""What an outbox promised, followed line by line, and whether what lies on the disk keeps it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from contract.events import Called, ClockTrust
from kiosk.adapters.outbox import Outbox
from runtime import wal
from runtime.errors import DeviceError
from runtime.wal import Ending
from simulator.faults.checker import judge
from simulator.faults.outbox_work import AT_MS, DATABASE, KIOSK, STORE, body, number_of
from simulator.faults.scenario import Tally

_MOST = 1_000_000  # more than any workload leaves
_NEXT = 1 << 40  # an event no workload appends


@dataclass(slots=True)
class OutboxPromise:
    """The state of a workload, as it told it itself."""

    tried: int = 0  # numbers are tried in order, without gaps
    kept: int = 0
    seq: int = 0  # the number the last one got, in the epoch
    dropped: int = 0  # the gateway had all up to here: it may be there still, and need not
    gone: int = 0  # of these, what the next write took off the disk
    dropping: int = 0
    epoch: str = ""  # "" while there is none, or a new one is on its way

    def hear(self, line: str) -> None:
        """The workload said something."""
        match line.split():
            case ["try", number]:
                self.tried = int(number)
            case ["kept", number, seq]:
                self.kept, self.seq = int(number), int(seq)
                self.gone = self.dropped
            case ["drop", number]:
                self.dropping = int(number)
            case ["dropped", number]:
                self.dropped = int(number)
            case ["epoch", epoch]:
                self.epoch, self.seq = epoch, self.kept - self.dropped
                self.gone = self.dropped
            case ["renumber"]:
                self.epoch = ""

    def check(self, folder: Path) -> Tally:
        """Open what is there as a kiosk does, look at all of it, and go on working."""
        path, is_doubtful = folder / f"{DATABASE}-wal", False
        log = path.read_bytes() if path.exists() else b""
        try:
            with closing(Outbox(folder / DATABASE, STORE, KIOSK)) as outbox:
                events = [event.body for event, _ in outbox.pending(0, _MOST)]
                found = [number_of(one) for one in events if isinstance(one, Called)]
                # A log in which one bit seems wrong is damaged; rarely, a torn write looks so.
                is_aside = outbox.quarantined is not None
                is_doubtful = is_aside and wal.ending(log) is Ending.DOUBTFUL
                newest = max(found, default=0)
                broken = () if is_doubtful else tuple(self._complaints(outbox, newest))
                outbox.append(body(_NEXT), AT_MS, ClockTrust.TRUSTED)
        except DeviceError as error:
            found, broken = [], (f"it does not open: {error}",)
        tally = judge(
            range(self.gone + 1, self.tried + 1),
            range(max(self.dropping, self.dropped) + 1, self.kept + 1),
            found,
        )
        return Tally(
            *(tally.attempted, tally.acknowledged, tally.stored),
            *(tally.lost, tally.doubled, tally.invented),
            figures={"points": 1, "corrupt": int(bool(broken)), "false_alarms": is_doubtful},
            broken=broken,
        )

    def _complaints(self, outbox: Outbox, newest: int) -> list[str]:
        said = []
        if self.kept < newest < self.tried:
            said.append("of what is kept at once, only some is there")
        if outbox.quarantined is not None:
            said.append("it was set aside as damaged")
        if self.epoch and outbox.epoch != self.epoch:
            said.append("it has an epoch that it never said")
        if outbox.epoch == self.epoch and outbox.last < self.seq:
            said.append("numbers that were given are given again")
        return said
