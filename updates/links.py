"""The two links that decide which version runs: what services start by, and what has proven well.

Each is replaced in one step, so that a power cut leaves it old or new.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import SettingsError

COMMAND = "bin/hien"  # in a virtual environment


@dataclass(frozen=True)
class Links:
    """`serving` is the command that units and people use; `proven` the one that updates run by."""

    serving: Path
    proven: Path

    def proven_home(self) -> Path:
        """The virtual environment that has proven well; SettingsError if no one has."""
        try:
            return self.proven.readlink().parents[1]
        except (OSError, IndexError) as error:
            detail = "is no link to a version; run: sudo /opt/hien/hien install PART…"
            raise SettingsError(f"{self.proven}: {detail}") from error

    def serve(self, home: Path) -> None:
        """Services start by this one from now on; OSError if not."""
        _point(self.serving, home / COMMAND)

    def prove(self, home: Path) -> None:
        """One comes back to this one from now on; OSError if not."""
        _point(self.proven, home / COMMAND)


def _point(link: Path, target: Path) -> None:
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)  # a power cut's
    beside.symlink_to(target)
    beside.replace(link)
    folder = os.open(link.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
