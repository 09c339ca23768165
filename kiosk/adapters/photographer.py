"""Has the panel photographed by somebody who may: the screen's own user, called at a socket.

A picture is worth nothing if the screen changed meanwhile: it might show who had come. It judges
no screen; whoever asks has done so.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from contract.pictures import PNG_ENDS, PNG_MAX_BYTES, PNG_STARTS, Picture

PATIENCE_S = 5.0  # grim takes 0.2 s on a Raspberry Pi 4; a compositor that hangs, for ever
CHUNK_BYTES = 1 << 16

log = logging.getLogger(__name__)


class Photographer:
    """One thread, `photographer`; it waits for orders, and seldom has one."""

    def __init__(
        self, where: Path, revision: Callable[[], int], publish: Callable[[Picture], None]
    ) -> None:
        """`revision` is the screen's now, from any thread; `publish` takes what may be seen."""
        self._where = where
        self._revision = revision
        self._publish = publish
        self._orders: SimpleQueue[tuple[str, int] | None] = SimpleQueue()  # None: no more
        self._thread = threading.Thread(target=self._run, name="photographer")

    def start(self) -> None:
        """Wait for orders from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Finish a picture that is being taken, and no more."""
        self._orders.put(None)
        self._thread.join()

    def take(self, nonce: str, revision: int) -> None:
        """Take a picture for an order, of the screen of that revision and of no other."""
        self._orders.put((nonce, revision))

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            nonce, revision = order
            png = self._photograph()
            if self._revision() != revision:
                log.info("the screen changed while it was photographed: the picture is dropped")
            elif png is not None:
                self._publish(Picture(nonce, png))

    def _photograph(self) -> bytes | None:
        """What the socket gives until it hangs up; None, and said, if that is no picture."""
        taken = bytearray()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(PATIENCE_S)
                line.connect(str(self._where))
                while len(taken) <= PNG_MAX_BYTES and (part := line.recv(CHUNK_BYTES)):
                    taken += part
        except OSError as error:
            log.warning("nobody photographs the screen at %s: %s", self._where, error)
            return None
        is_whole = taken.startswith(PNG_STARTS) and taken.endswith(PNG_ENDS)
        if not is_whole or len(taken) > PNG_MAX_BYTES:
            log.warning("what came from %s is no picture: %d bytes", self._where, len(taken))
            return None
        return bytes(taken)
