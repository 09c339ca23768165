"""The journal of updates on the disk: replaced as a whole, and there before a step is taken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from runtime.small_file import replace
from updates.core.steps import Journal, Phase

READ_BY_ALL = 0o644  # hien doctor and update status run as anybody


@dataclass(frozen=True)
class JournalFile:
    """Where it is."""

    path: Path

    def load(self, proven: Path) -> Journal:
        """What was written last. One that nobody can read leads back to what has proven well."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Journal)
        except FileNotFoundError:
            return Journal()
        except msgspec.DecodeError:
            return Journal(
                phase=Phase.RETURNING,
                new_version="an update",
                old_version="what has proven well",
                old=str(proven),
                why="its journal could not be read",
            )

    def save(self, journal: Journal) -> None:
        """On the disk when it returns; else OSError."""
        text = msgspec.json.format(msgspec.json.encode(journal), indent=1).decode()
        replace(self.path, text + "\n", READ_BY_ALL)
