"""A scanner that pretends to be a keyboard, read from Linux' evdev. It understands no text.

Grabbed: what it types goes nowhere else, least of all into the browser on the screen.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from contextlib import suppress
from struct import Struct as Packed
from typing import Annotated

from msgspec import Meta, Struct

from kiosk.adapters import options as driver_options
from kiosk.core.wedge_keys import Key, Keys
from runtime.errors import DeviceError

EVENT = Packed("@llHHi")  # linux/input.h, struct input_event: seconds, µs, type, code, value
EV_KEY = 1
EVIOCGRAB = 0x40044590  # linux/input.h: _IOW('E', 0x90, int)
AT_ONCE = 256  # events; a code of 160 characters is 800


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may tell this driver."""

    device: Annotated[str, Meta(pattern="^/")]  # /dev/input/by-id/usb-…-event-kbd
    grab: bool = True


class WedgeScanner:
    """A Scanner on one input device."""

    def __init__(self, options: Mapping[str, object]) -> None:
        self._options = driver_options.read(Options, "wedge", options)
        self._what = f"scanner at {self._options.device}"
        self._fd: int | None = None
        self._keys = Keys()

    def open(self) -> int:
        """Take the keyboard for us alone; DeviceError if there is none, or somebody has it."""
        self._keys = Keys()
        try:
            self._fd = os.open(self._options.device, os.O_RDONLY | os.O_NONBLOCK)
            if self._options.grab:
                fcntl.ioctl(self._fd, EVIOCGRAB, 1)
        except OSError as error:
            self.close()
            raise DeviceError(f"{self._what}: {error}") from error
        return self._fd

    def texts(self, _now_s: float) -> list[str]:
        """What was typed to its end; DeviceError if the scanner is unplugged."""
        if self._fd is None:
            raise DeviceError(f"{self._what}: is not open")
        try:
            data = os.read(self._fd, AT_ONCE * EVENT.size)  # the kernel gives whole events only
        except BlockingIOError:
            return []
        except OSError as error:
            raise DeviceError(f"{self._what}: {error}") from error
        if not data:
            raise DeviceError(f"{self._what}: is unplugged")
        whole = len(data) - len(data) % EVENT.size
        typed = [
            self._keys.take(Key(code, value, seconds + micros / 1e6))
            for seconds, micros, kind, code, value in EVENT.iter_unpack(data[:whole])
            if kind == EV_KEY
        ]
        return [text for text in typed if text is not None]

    def close(self) -> None:
        """Give the keyboard back; safe to call twice."""
        fd, self._fd = self._fd, None
        if fd is not None:
            with suppress(OSError):  # closing gives back what was grabbed
                os.close(fd)
