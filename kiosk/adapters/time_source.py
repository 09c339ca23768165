"""Whether the machine's time is right, by the kernel's own word.

chrony, ntpd and systemd-timesyncd all steer the kernel's clock, and it knows when the last one
gave up. It is asked by adjtimex(2), which a unit with ProtectClock=yes may not call: such a unit
drops CAP_SYS_TIME instead.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping

from runtime.errors import SettingsError

_ERROR = 5  # TIME_ERROR of sys/timex.h: nobody steers the clock
_TIMEX_BYTES = 256  # struct timex has 208 on 64-bit Linux and fewer on 32-bit


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
