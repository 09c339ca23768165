"""Services of ours as systemd tells of them, and the one that puts units in place.

It tells systemd nothing itself: who may restart services may do anything, and updates reach a
network. A file asks `hien-lay`, which has none.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime import small_file
from runtime.clock import Clock
from runtime.errors import UnavailableError
from updates.core.wellness import Unit

SHOWN = ("Id", "ActiveState", "SubState", "NRestarts", "StatusText")
OURS = "hien-*.service"
OWN = ("hien-update", "hien-lay")  # run meanwhile, and would never be as before
ASKS, ANSWER = "lay", "laid"  # names in the folder; hien-lay.path and hien-lay.service
PATIENCE_S = 330.0  # hien-lay has 5 minutes
LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Systemd:
    """`systemctl show`, and the folder in which `hien-lay` is asked."""

    folder: Path
    clock: Clock
    pause: Callable[[float], object]

    def units(self) -> Mapping[str, Unit]:
        """How each service of ours is."""
        return parse(_run("systemctl", "show", OURS, f"--property={','.join(SHOWN)}"))

    def lay(self) -> None:
        """Ask, and wait until it is done."""
        asked = os.urandom(8).hex()
        answer = self.folder / ANSWER
        small_file.replace(self.folder / ASKS, asked)
        begun_s = self.clock.monotonic_s()
        while not (answer.exists() and answer.read_text(encoding="utf-8") == asked):
            if self.clock.monotonic_s() - begun_s > PATIENCE_S:
                what = f"units were not put in place within {PATIENCE_S:g} s"
                raise UnavailableError(f"{what}; journalctl -u hien-lay says why")
            self.pause(LOOK_EVERY_S)


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
