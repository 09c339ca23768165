"""What is wrong with a door's machine, from its settings. It moves no lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from kiosk.door.settings import DoorSettings
from runtime import machine_checks
from runtime.finding import Finding, broken, doubtful, well
from runtime.settings import load

STRICT = "dtparam=strict_gpiod"
TRUSTED = ("keyring.sealed", "revocations.sealed")


def findings(file: Path, root: Path = Path("/")) -> Iterator[Finding]:
    """Everything, good or bad. SettingsError if the file itself is wrong."""
    settings = load(DoorSettings, file)
    yield machine_checks.disk(settings.data_dir)
    if settings.lock.driver == "gpiozero":
        yield from _lock(root)
    if settings.closer is not None:
        remedy = "sudo systemctl start hien-door-closer: no closer, nobody is let in"
        yield machine_checks.usable("closer", settings.closer, os.W_OK, remedy)
    for name in TRUSTED:
        path = settings.trust.folder / name
        remedy = "the kiosk beside it brings it, once it has reached the gateway"
        yield machine_checks.usable("trust", path, os.R_OK, remedy)
    if not settings.has_battery_clock:
        remedy = "a battery clock costs 3 €; then has_battery_clock = true"
        yield doubtful("clock", "after a power cut without network nobody is let in", remedy)


def _lock(root: Path) -> Iterator[Finding]:
    if find_spec("lgpio") is None:
        remedy = "sudo apt install python3-lgpio; then delete .venv, so that ./hien builds it anew"
        yield broken("lgpio", "Python does not find it", remedy)
    chip = root / "dev/gpiochip0"
    yield machine_checks.usable("pins", chip, os.R_OK | os.W_OK, "is this a Raspberry Pi?")
    boot = root / "boot/firmware/config.txt"
    lines = boot.read_text(encoding="utf-8").splitlines() if boot.is_file() else []
    if STRICT in (line.strip() for line in lines):
        yield well("config.txt", STRICT)
    else:
        remedy = f"add {STRICT} to {boot} and start anew; hien plan build writes it"
        found = "a line stays driven when its process dies: the lock could stay released"
        yield broken("config.txt", found, remedy)
