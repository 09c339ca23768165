"""Services of ours as systemd tells of them, and the command that puts units in place."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import UnavailableError
from updates.core.wellness import Unit

SHOWN = ("Id", "ActiveState", "SubState", "NRestarts", "StatusText")
OURS = "hien-*.service"
OWN = "hien-update"  # runs while it looks, and would never be as before
PATIENCE_S = 300  # one restart stops everything before it starts it


@dataclass(frozen=True)
class Systemd:
    """`systemctl`, and each version's own `hien install`."""

    systemctl: str = "systemctl"

    def units(self) -> Mapping[str, Unit]:
        """How each service of ours is."""
        shown = _run(self.systemctl, "show", OURS, f"--property={','.join(SHOWN)}")
        return parse(shown)

    def lay(self, command: Path) -> None:
        """Units of that version, and a restart of all."""
        _run(str(command), "install", "--again")


def parse(shown: str) -> dict[str, Unit]:
    """What `systemctl show` said; blocks are parted by an empty line (systemctl(1))."""
    units = {}
    for block in shown.split("\n\n"):
        said = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        name = said.get("Id", "")
        if not name or name.startswith(OWN):
            continue
        active, sub = said.get("ActiveState", ""), said.get("SubState", "")
        units[name.removesuffix(".service")] = Unit(
            is_running=(active, sub) == ("active", "running"),
            has_failed=active == "failed",
            restarts=int(said.get("NRestarts") or 0),
            status=said.get("StatusText", ""),
        )
    return units


def _run(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{command[0]}: {error}") from error
    if done.returncode:
        last = (done.stderr.strip() or "without a word").splitlines()[-1]
        raise UnavailableError(f"{' '.join(command)} failed: {last}")
    return done.stdout
