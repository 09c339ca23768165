"""The eye's process: `python -m kiosk.eye.main FD`, started by a kiosk and ending with it.

It hears its orders on that socket, looks, and says what it read. It knows nobody else.
"""

from __future__ import annotations

import ctypes
import logging
import signal
import socket
import sys
from contextlib import suppress

from contract.errors import ContractError
from kiosk.adapters.code_reader import ZxingThenZbar
from kiosk.core.eye_wire import MAX_PACKET_BYTES, TAKEN, Lost, Sign, decode_orders, encode
from kiosk.eye.looking import Sight, look
from runtime import log as logs
from runtime.clock import SystemClock
from runtime.drivers import load
from runtime.errors import DeviceError, SettingsError, UnavailableError
from runtime.supervisor import Supervisor

PR_SET_PDEATHSIG = 1  # prctl(2): what to send us when the thread that started us is gone

log = logging.getLogger(__name__)


class GoneError(Exception):
    """The kiosk does not listen any more: end."""


def main(fd: int) -> None:
    """Look until the kiosk hangs up; says why if there is nothing to look with.

    Where systemd starts it, each word to the kiosk is a sign of life: an eye that hangs is ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the kiosk, which then ends us
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    logs.configure("eye")
    supervisor = Supervisor(SystemClock())

    def tell(sign: Sign) -> None:
        supervisor.lives()
        _tell(kiosk, sign)

    with socket.socket(fileno=fd) as kiosk, suppress(GoneError):
        try:
            look(_sight(kiosk), tell)
        except (DeviceError, SettingsError, UnavailableError, ContractError) as error:
            _tell(kiosk, Lost(str(error)[:200]))


def _sight(kiosk: socket.socket) -> Sight:
    orders = decode_orders(kiosk.recv(MAX_PACKET_BYTES))
    clock = load("hien.clocks", orders.clock)(orders.clock_options, None)
    camera = load("hien.cameras", orders.camera)(orders.camera_options, clock)
    return Sight(camera, ZxingThenZbar(), clock)


def _tell(kiosk: socket.socket, sign: Sign) -> None:
    """Wait for the answer: what was read is in the kiosk's inbox before the next frame is taken."""
    try:
        kiosk.sendall(encode(sign))
        answer = kiosk.recv(1)
    except OSError as error:
        raise GoneError from error
    if answer != TAKEN:
        raise GoneError


if __name__ == "__main__":
    main(int(sys.argv[1]))
