"""Reads how a Raspberry Pi is from the kernel's files: heat, power, disk, card, memory.

On another machine most of it is unknown, and said to be. It mends nothing, and waits for nothing
but the kernel.
"""

from __future__ import annotations

import os
from pathlib import Path

from contract.vitals import Vitals

TEMPERATURE = "sys/class/thermal/thermal_zone0/temp"
THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"  # what vcgencmd says, in hex
CARD = "sys/block/mmcblk0"
SECTOR_BYTES = 512  # in /sys/block/*/stat, whatever the disk has (kernel: block/stat.rst)
WRITTEN_SECTORS = 6  # the seventh number there
LIFE_STEP_PERCENT = 10  # JEDEC eMMC 5.0, DEVICE_LIFE_TIME_EST: 1 is up to 10 %, 11 is over 100 %
LIFE_STEPS = range(1, 12)
TEMPERATURES_C = (-60, 200)  # beyond is a sensor's nonsense
KIB = 1024


class MachineFiles:
    """The machine below a root; a test makes its own."""

    def __init__(self, data_dir: Path, root: Path = Path("/")) -> None:
        """`data_dir` is where events are kept."""
        self._data_dir = data_dir
        self._root = root

    def vitals(self) -> Vitals:
        """How it is now; what cannot be read is None."""
        free_bytes, total_bytes = self._disk()
        return Vitals(
            temperature_c=self._temperature_c(),
            throttled=self._throttled(),
            disk_free_bytes=free_bytes,
            disk_total_bytes=total_bytes,
            card_worn_percent=self._card_worn_percent(),
            card_written_bytes=self._card_written_bytes(),
            memory_free_bytes=self._memory_free_bytes(),
            up_s=self._up_s(),
        )

    def _temperature_c(self) -> float | None:
        milli = _whole(self._read(TEMPERATURE))
        if milli is None:
            return None
        lowest_c, highest_c = TEMPERATURES_C
        return milli / 1_000 if lowest_c <= milli / 1_000 <= highest_c else None

    def _throttled(self) -> int | None:
        bits = _whole(self._read(THROTTLED), 16)
        return bits if bits is not None and 0 <= bits <= 0xFFFFF else None

    def _disk(self) -> tuple[int | None, int | None]:
        try:
            there = os.statvfs(self._data_dir)
        except OSError:
            return None, None
        return there.f_bavail * there.f_frsize, there.f_blocks * there.f_frsize

    def _card_worn_percent(self) -> int | None:
        """Of its two kinds of memory, the one that is worn more."""
        steps = [_whole(one, 16) for one in self._read(f"{CARD}/device/life_time").split()]
        known = [step for step in steps if step is not None and step in LIFE_STEPS]
        return max(known) * LIFE_STEP_PERCENT if known else None

    def _card_written_bytes(self) -> int | None:
        numbers = self._read(f"{CARD}/stat").split()
        sectors = _whole(numbers[WRITTEN_SECTORS]) if len(numbers) > WRITTEN_SECTORS else None
        return None if sectors is None else sectors * SECTOR_BYTES

    def _memory_free_bytes(self) -> int | None:
        for line in self._read("proc/meminfo").splitlines():
            name, _, amount = line.partition(":")
            if name == "MemAvailable":
                kib = _whole(amount.removesuffix("kB"))
                return None if kib is None else kib * KIB
        return None

    def _up_s(self) -> float | None:
        try:
            return max(0.0, float(self._read("proc/uptime").split()[0]))
        except (ValueError, IndexError):
            return None

    def _read(self, path: str) -> str:
        try:
            return (self._root / path).read_text(encoding="ascii", errors="replace")
        except OSError:
            return ""


def _whole(text: str, base: int = 10) -> int | None:
    try:
        return int(text, base)
    except ValueError:
        return None
