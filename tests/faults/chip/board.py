"""The tests' own hands on the chip made of files: wires pulled, and a diary of the lines read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LOW, HIGH = 0, 1


@dataclass(frozen=True, slots=True)
class Change:
    """A line changed its level."""

    at_s: float  # monotonic, the same for all processes
    line: int
    level: int
    pid: int


@dataclass(frozen=True, slots=True)
class Board:
    """One chip in a folder."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """What a process needs to find this chip instead of the machine's."""
        path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        return {**os.environ, "HIEN_CHIP": str(self.folder), "PYTHONPATH": path}

    def level(self, line: int) -> int:
        """How a line is now, whoever drives it."""
        try:
            return (self.folder / "levels").read_bytes()[line]
        except (OSError, IndexError):
            return LOW

    def pull(self, line: int, level: int) -> None:
        """A hand on a wire from outside."""
        levels = os.open(self.folder / "levels", os.O_RDWR | os.O_CREAT)
        os.pwrite(levels, bytes([level]), line)
        os.close(levels)

    def diary(self, line: int) -> list[Change]:
        """All changes of a line that processes made, in order."""
        try:
            written = (self.folder / "diary").read_text(encoding="ascii").splitlines()
        except OSError:
            return []
        changes = [
            Change(int(at_ns) / 1e9, int(number), int(level), int(pid))
            for at_ns, number, level, pid in map(str.split, written)
        ]
        return [change for change in changes if change.line == line]
