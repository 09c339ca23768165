"""A named thread that does one thing again and again, at once when it is woken, until stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Chore:
    """Does `do` every so often; what it raises ends the process that did not catch it."""

    def __init__(self, name: str, do: Callable[[], object], every_s: float) -> None:
        self._do = do
        self._every_s = every_s
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        """Begin, with the first time at once."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do; from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being done, and no more."""
        self._is_stopping = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            self._do()
            self._wake.wait(self._every_s)
