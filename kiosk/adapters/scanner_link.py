"""Listens to all scanners of a kiosk, besides its camera, and puts what they read.

One that is unplugged is said and looked for again; nothing else of the kiosk waits.
"""

from __future__ import annotations

import selectors
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from contract.events import Condition, Device
from kiosk.core.inputs import CodeRead, DeviceChanged
from kiosk.ports import Put, Scanner
from runtime.clock import Clock, stopwatch_ms
from runtime.errors import DeviceError

LOOKS_EVERY_S = 0.1  # a text that ends by silence waits at most so much longer
RETRY_S = 3.0  # who plugs a scanner in waits for the beep of it anyway


@dataclass
class _Post:
    """One scanner and what became of it."""

    scanner: Scanner
    fd: int | None = None
    retry_s: float = float("-inf")
    trouble: str = ""


class ScannerLink:
    """All scanners, in a thread named `scanners`."""

    def __init__(self, scanners: Sequence[Scanner], put: Put, clock: Clock) -> None:
        """`clock` must run as the machine's does, also where the shop's time is simulated."""
        self._posts = [_Post(scanner) for scanner in scanners]
        self._put = put
        self._clock = clock
        self._said: DeviceChanged | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scanners")

    def start(self) -> None:
        """Begin to listen and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        with selectors.DefaultSelector() as waiting:
            while not self._stopping.is_set():
                for post in self._posts:
                    self._attend(post, waiting)
                self._say()
                waiting.select(LOOKS_EVERY_S)
            for post in self._posts:
                post.scanner.close()

    def _attend(self, post: _Post, waiting: selectors.BaseSelector) -> None:
        now_s = self._clock.monotonic_s()
        try:
            if post.fd is None:
                if now_s < post.retry_s:
                    return
                post.fd = post.scanner.open()
                waiting.register(post.fd, selectors.EVENT_READ)
                post.trouble = ""
            for text in post.scanner.texts(now_s):
                self._put(CodeRead(text, stopwatch_ms()))
        except DeviceError as error:
            if post.fd is not None:
                waiting.unregister(post.fd)
                post.fd = None
            post.scanner.close()
            post.trouble, post.retry_s = str(error), now_s + RETRY_S

    def _say(self) -> None:
        """How they are together; the kiosk can be used as long as one of them works."""
        troubles = [post.trouble for post in self._posts if post.trouble]
        condition = Condition.DEGRADED if troubles else Condition.OK
        if len(troubles) == len(self._posts):
            condition = Condition.OUT
        said = DeviceChanged(Device.SCANNER, condition, "; ".join(troubles))
        if said != self._said:
            self._said = said
            self._put(said)
