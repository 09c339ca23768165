"""A scanner on a serial line, most often USB-CDC: /dev/ttyACM0. It understands no text.

The recommended kind: it keeps every character as it was, which keyboards do not.
"""

from __future__ import annotations

import os
import termios
import tty
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.adapters import options as driver_options
from kiosk.core.scan_lines import Lines
from runtime.errors import DeviceError

AT_ONCE_BYTES = 4_096  # as much as a terminal's own buffer holds
SPEEDS = {9_600: termios.B9600, 38_400: termios.B38400, 115_200: termios.B115200}


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may tell this driver."""

    device: Annotated[str, Meta(pattern="^/dev/")]
    baud: Literal[9_600, 38_400, 115_200] = 9_600  # USB-CDC ignores it


class SerialScanner:
    """A Scanner on one terminal device."""

    def __init__(self, options: Mapping[str, object]) -> None:
        self._options = driver_options.read(Options, "serial", options)
        self._what = f"scanner at {self._options.device}"
        self._fd: int | None = None
        self._lines = Lines()

    def open(self) -> int:
        """Take the line, raw; DeviceError if there is none."""
        self._lines = Lines()
        try:
            self._fd = os.open(self._options.device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._fd)
            settings = termios.tcgetattr(self._fd)
            settings[4] = settings[5] = SPEEDS[self._options.baud]
            termios.tcsetattr(self._fd, termios.TCSANOW, settings)
            termios.tcflush(self._fd, termios.TCIFLUSH)  # what was scanned while nobody listened
        except (OSError, termios.error) as error:
            self.close()
            raise DeviceError(f"{self._what}: {error}") from error
        return self._fd

    def texts(self, now_s: float) -> list[str]:
        """What has come in; DeviceError if the scanner is unplugged."""
        if self._fd is None:
            raise DeviceError(f"{self._what}: is not open")
        try:
            data = os.read(self._fd, AT_ONCE_BYTES)
        except BlockingIOError:
            return self._lines.take(b"", now_s)
        except OSError as error:
            raise DeviceError(f"{self._what}: {error}") from error
        if not data:
            raise DeviceError(f"{self._what}: is unplugged")
        return self._lines.take(data, now_s)

    def close(self) -> None:
        """Let go of the line; safe to call twice."""
        fd, self._fd = self._fd, None
        if fd is not None:
            with suppress(OSError):
                os.close(fd)
