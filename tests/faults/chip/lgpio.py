"""A GPIO chip made of files, spoken to through lgpio's own names, so that real gpiozero runs on it.

It outlives the processes that use it, as a chip does. A line belongs to one process at a time,
until that dies; its level stays as it was driven, as on Raspberry Pi kernels
(raspberrypi/linux 6117). Put this folder on PYTHONPATH and name a folder in HIEN_CHIP.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

import gpiozero.pins.local

BOTH_EDGES, RISING_EDGE, FALLING_EDGE = 3, 1, 2
SET_BIAS_PULL_UP, SET_BIAS_PULL_DOWN, SET_BIAS_DISABLE = 32, 64, 128
SET_PULL_UP, SET_PULL_DOWN, SET_PULL_NONE = SET_BIAS_PULL_UP, SET_BIAS_PULL_DOWN, SET_BIAS_DISABLE
MODE_OUT = 1 << 1
MODE_PULL_UP, MODE_PULL_DOWN = 1 << 5, 1 << 6
LINES = 28
PI_4B = 0xC03111  # the revision code of a board with these pins

gpiozero.pins.local.get_pi_revision = lambda: PI_4B  # this machine is no Raspberry Pi


class error(Exception):  # noqa: N801, N818  # its name in lgpio
    """What lgpio raises."""


class _Chip:
    """What this process holds of the chip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.claims: dict[int, IO[bytes]] = {}
        self.modes: dict[int, int] = {}

    def claim(self, line: int, mode: int) -> None:
        if line not in self.claims:
            owner = (self.folder / f"owner-{line}").open("ab")
            try:
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner.close()
                raise error("'GPIO busy'") from None
            self.claims[line] = owner
        self.modes[line] = mode

    def free(self, line: int) -> None:
        self.modes.pop(line, None)
        owner = self.claims.pop(line, None)
        if owner is not None:
            owner.close()


_chips: dict[int, _Chip] = {}


def gpiochip_open(chip: int) -> int:
    folder = Path(os.environ["HIEN_CHIP"])
    if chip != 0 or not folder.is_dir():
        raise error("'can not open gpiochip'")
    handle = max(_chips, default=0) + 1
    _chips[handle] = _Chip(folder)
    return handle


def gpiochip_close(handle: int) -> None:
    chip = _chips.pop(handle)
    for line in tuple(chip.claims):
        chip.free(line)


def gpio_claim_input(handle: int, line: int, flags: int = 0) -> None:
    pulls = {SET_BIAS_PULL_UP: MODE_PULL_UP, SET_BIAS_PULL_DOWN: MODE_PULL_DOWN}
    chip = _chips[handle]
    was_output = chip.modes.get(line, 0) & MODE_OUT
    chip.claim(line, pulls.get(flags, 0))
    if was_output:
        drive(chip.folder, line, 0)  # nothing drives it now: the resistor to ground does


def gpio_claim_output(handle: int, line: int, level: int = 0, _flags: int = 0) -> None:
    _chips[handle].claim(line, MODE_OUT)
    drive(_chips[handle].folder, line, level)


def gpio_free(handle: int, line: int) -> None:
    _chips[handle].free(line)


def gpio_get_mode(handle: int, line: int) -> int:
    return _chips[handle].modes.get(line, 0)


def gpio_read(handle: int, line: int) -> int:
    return level(_chips[handle].folder, line)


def gpio_write(handle: int, line: int, level: int) -> None:
    chip = _chips[handle]
    if not chip.modes.get(line, 0) & MODE_OUT:
        raise error("'GPIO not set as an output'")
    drive(chip.folder, line, int(level))


def level(folder: Path, line: int) -> int:
    """The level of a line now."""
    try:
        return int((folder / "levels").read_bytes()[line])
    except (OSError, IndexError):
        return 0


def drive(folder: Path, line: int, level: int) -> None:
    """Set a line, and note when: the tests' wires from outside use this too."""
    levels = os.open(folder / "levels", os.O_RDWR | os.O_CREAT)
    was = os.pread(levels, 1, line) or b"\0"
    os.pwrite(levels, bytes([level]), line)
    os.close(levels)
    if was != bytes([level]):
        diary = os.open(folder / "diary", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(diary, f"{time.monotonic_ns()} {line} {level} {os.getpid()}\n".encode())
        os.close(diary)
