"""Whether the machine's time is right, by the kernel's own word.

chrony, ntpd and systemd-timesyncd all steer the kernel's clock, and it knows when the last one
gave up. It is asked by adjtimex(2), which a unit with ProtectClock=yes may not call: there the
driver `told` hears it from another.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from kiosk.adapters import options as driver_options
from runtime.errors import SettingsError

TOLD_EVERY_S, TOLD_LASTS_S = 20.0, 90.0  # four times in vain is enough

_ERROR = 5  # TIME_ERROR of sys/timex.h: nobody steers the clock
_TIMEX_BYTES = 256  # struct timex has 208 on 64-bit Linux and fewer on 32-bit


class ToldOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may tell the driver `told`."""

    file: Annotated[str, Meta(pattern="^/")] = "/run/hien-clock/synchronized"


class KernelTime:
    """A TimeSource that asks the kernel. Who may not ask does not believe."""

    def __init__(self, options: Mapping[str, object]) -> None:
        _refuse_options("kernel", options)
        self._libc = ctypes.CDLL(None, use_errno=True)

    def is_synced(self) -> bool:
        """Whether the clock is steered, and its greatest error below 16 seconds."""
        nothing_changed = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes 0: only read
        state = self._libc.adjtimex(nothing_changed)
        return state not in (-1, _ERROR)


class ToldTime:
    """A TimeSource that reads what another process was told by the kernel, for one who may not ask.

    The file's line is `yes` or `no`, and when that was, in seconds since the machine's start
    (systemd/units/hien-clock.service). What is missing, old or strange is no reason to believe.
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        self._options = driver_options.read(ToldOptions, "told", options)

    def is_synced(self) -> bool:
        """Whether it said so just now."""
        try:
            said, at_s = Path(self._options.file).read_text(encoding="ascii").split()
            age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - float(at_s)
        except (OSError, ValueError):
            return False
        return said == "yes" and -TOLD_EVERY_S <= age_s <= TOLD_LASTS_S


class AssumedTime:
    """A TimeSource that believes the machine: for a simulated shop, whose clock is the truth."""

    def __init__(self, options: Mapping[str, object]) -> None:
        _refuse_options("assumed", options)

    def is_synced(self) -> bool:
        """Always."""
        return True


def _refuse_options(driver: str, options: Mapping[str, object]) -> None:
    if options:
        raise SettingsError(f"time source {driver}: {', '.join(options)} is not an option")
