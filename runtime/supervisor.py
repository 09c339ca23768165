"""Tells systemd that this process has started, lives, and stops; where there is none, nobody.

Source: systemd's sd_notify(3) and sd_watchdog_enabled(3). It restarts nothing and waits for no
answer: whoever does not call `lives` often enough is taken for hanging, which is the point.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

from runtime.clock import Clock

SHARE = 4  # of the time that systemd waits: three may be late before a living process is killed


class Supervisor:
    """Whoever started us, for the one thread that owns the process."""

    def __init__(self, clock: Clock, environment: Mapping[str, str] = os.environ) -> None:
        """`clock` must run as the machine's does, also where the shop's time is simulated."""
        self._clock = clock
        # An abstract socket's name begins with a zero byte, which an environment cannot hold.
        self._address = environment.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        is_for_us = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        waits_us = int(environment.get("WATCHDOG_USEC", "0")) if is_for_us else 0
        self._every_s = waits_us / 1_000_000 / SHARE
        self._said_s = float("-inf")
        self._noted = ""

    def ready(self) -> None:
        """We have started: who waited for us may start as well."""
        self._say("READY=1")

    def lives(self) -> None:
        """The owner's loop goes round; call it at every turn, it says so as often as needed."""
        if not self._every_s:
            return
        now_s = self._clock.monotonic_s()
        if now_s - self._said_s >= self._every_s:
            self._said_s = now_s
            self._say("WATCHDOG=1")

    def watched(self, is_stopping: Callable[[], bool]) -> Callable[[], bool]:
        """The question that an owner's loop asks at every turn: asking it is a sign of life."""

        def asked() -> bool:
            self.lives()
            return is_stopping()

        return asked

    def notes(self, text: str) -> None:
        """What `systemctl status` is to show; costs nothing while it is the same."""
        if text != self._noted:
            self._noted = text
            self._say(f"STATUS={text}")

    def stops(self) -> None:
        """We were told to stop, and do."""
        self._say("STOPPING=1")

    def _say(self, word: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as talk:
            talk.setblocking(False)  # a supervisor that does not listen holds nobody up
            talk.sendto(word.encode("ascii"), self._address)
