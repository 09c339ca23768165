"""Hears every advertisement from the kernel itself, where the process has CAP_NET_ADMIN.

BlueZ passes on what it thinks is news; this channel leaves nothing out. Starts no scan of its own.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import socket
import struct
from collections.abc import Callable

from kiosk.core import mgmt
from kiosk.core.mgmt import Answered, Found
from runtime.errors import DeviceError

AF_BLUETOOTH, BTPROTO_HCI = 31, 1  # Python may be built without Bluetooth's names
HCI_DEV_NONE, HCI_CHANNEL_CONTROL = 0xFFFF, 3
MOST_BYTES = 65_536 + 32  # an advertisement's length has 16 bits
AT_ONCE = 64  # packets before other tasks have a turn

BLEAK_ALONE = "bleak alone listens, which is enough while BlueZ passes everything on"

log = logging.getLogger(__name__)


def open_control_channel() -> socket.socket:
    """The kernel's management channel; OSError where there is none, or it is not allowed."""
    channel = socket.socket(AF_BLUETOOTH, socket.SOCK_RAW | socket.SOCK_NONBLOCK, BTPROTO_HCI)
    address = struct.pack("=HHH", AF_BLUETOOTH, HCI_DEV_NONE, HCI_CHANNEL_CONTROL)
    # Python's own bind cannot name the channel.
    if ctypes.CDLL(None, use_errno=True).bind(channel.fileno(), address, len(address)) != 0:
        channel.close()
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return channel


class ManagementSocket:
    """One controller's advertisements, read by the running event loop."""

    def __init__(
        self,
        controller: int,
        hear: Callable[[Found], None],
        opened: Callable[[], socket.socket] = open_control_channel,
    ) -> None:
        """Open and ask for beacons; DeviceError with one sentence if that cannot be."""
        self._controller = controller
        self._hear = hear
        self._handle: int | None = None
        try:
            self._channel = opened()
        except OSError as error:
            raise DeviceError(f"no management socket ({error.strerror}): {BLEAK_ALONE}") from error
        self._channel.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._channel.fileno(), self._read)
        self._send(mgmt.add_patterns(controller, mgmt.BEACONS))

    def close(self) -> None:
        """Take back what was asked for; safe to call twice."""
        if self._channel.fileno() < 0:
            return
        if self._handle is not None:
            self._send(mgmt.remove_monitor(self._controller, self._handle))
        self._loop.remove_reader(self._channel.fileno())
        self._channel.close()

    def _send(self, command: bytes) -> None:
        try:
            self._channel.send(command)
        except OSError as error:
            log.info("the management socket does not take a command: %s", error.strerror)

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                packet = self._channel.recv(MOST_BYTES)
            except BlockingIOError:
                return
            except OSError as error:
                log.warning("the management socket broke (%s): %s", error.strerror, BLEAK_ALONE)
                self.close()
                return
            self._take(mgmt.read(packet))
            if self._channel.fileno() < 0:
                return

    def _take(self, said: Found | Answered | None) -> None:
        match said:
            case Found() if said.controller == self._controller:
                self._hear(said)
            case Answered(command=mgmt.ADD_PATTERNS, status=0):
                self._handle = said.handle
            case Answered(status=mgmt.PERMISSION_DENIED):
                log.info("no management socket (it needs CAP_NET_ADMIN): %s", BLEAK_ALONE)
                self._handle = None
                self.close()
            case Answered(command=mgmt.ADD_PATTERNS):
                log.info(
                    "the kernel takes no advertisement patterns (status 0x%02x): the management"
                    " socket hears only while BlueZ scans",
                    said.status,
                )
