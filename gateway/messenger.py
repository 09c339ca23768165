"""Hands codes to who sends them, in a thread of its own: a slow sender holds up no event.

Keeps no letter: one that could not be sent is gone, and its shopper asks for another.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from gateway.core.one_time_codes import Letter
from gateway.notify.code_senders import CodeSender
from runtime.clock import Clock
from runtime.errors import UnavailableError

WAITING_MAX = 100  # a sender so far behind sends codes that nobody waits for any more
BROKEN_S = 60.0  # after a failure nobody is promised a code for so long

FAILURES = (UnavailableError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""The sender's own, and what others' code may raise over one letter: the next may still go."""

log = logging.getLogger(__name__)


@dataclass
class Messenger:
    """Codes on their way to one sender."""

    sender: CodeSender | None
    clock: Clock
    _letters: SimpleQueue[Letter] = field(default_factory=SimpleQueue)
    _broken_s: float | None = None  # since when; written by the sending thread

    def can_send(self) -> bool:
        """Whether a code that is asked for now has a way to go; from any thread."""
        if self.sender is None or self._letters.qsize() >= WAITING_MAX:
            return False
        return self._broken_s is None or self.clock.monotonic_s() - self._broken_s >= BROKEN_S

    def post(self, letter: Letter) -> None:
        """Send it soon; from any thread."""
        self._letters.put(letter)

    def round(self) -> None:
        """Send all that wait. For the sending thread."""
        while (letter := self._next()) is not None and self.sender is not None:
            try:
                self.sender.send(letter)
                self._broken_s = None
            except FAILURES as error:
                self._broken_s = self.clock.monotonic_s()
                said = error if isinstance(error, UnavailableError) else type(error).__name__
                log.warning("code %s could not be sent: %s", letter.id, said)

    def _next(self) -> Letter | None:
        try:
            return self._letters.get_nowait()
        except Empty:
            return None
