"""A stage for one adapter at a time: it lets in who knocks, and tells what it is told to tell."""

from __future__ import annotations

import threading
from collections.abc import Callable

from msgspec import Struct

from simulator.adapters import Adapters, Seat
from tests.waiting import until

NOON_S = 1_795_410_000.0


class Stage:
    """The stage's thread: lets in whoever knocks until told otherwise."""

    def __init__(self, t_s: float = 0.0) -> None:
        self.adapters = Adapters(NOON_S)
        self.options = {"stage": self.adapters.address, "kiosk": "quay-1"}
        self.t_s = t_s

    def admit_while(self, build: Callable[[], None]) -> None:
        self.adapters.admit(self.t_s)  # who knocks is told the time of the last look
        thread = threading.Thread(target=build, name="test-builder")
        thread.start()
        until(lambda: not (self.adapters.admit(self.t_s) or thread.is_alive()), "it joined")

    def tell(self, seat: Seat, message: Struct) -> threading.Thread:
        """Tell it from another thread, which ends with the answer."""
        thread = threading.Thread(target=self.adapters.tell, args=({seat: message},), name="tell")
        thread.start()
        return thread

    def admit(self, seat: Seat) -> None:
        until(
            lambda: seat in self.adapters.admit(self.t_s) or seat in self.adapters.seats, "joined"
        )
