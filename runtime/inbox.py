"""The one bounded queue in which all threads of a process meet, and the one thread that owns it."""

from __future__ import annotations

import queue
import threading
from typing import Generic, TypeVar

T = TypeVar("T")

LOOK_UP_S = 0.5  # how soon a waiting sender notices that the inbox was closed


class Inbox(Generic[T]):
    """First in, first out; a full inbox makes senders wait instead of using memory."""

    def __init__(self, capacity: int) -> None:
        self._queue: queue.Queue[T] = queue.Queue(capacity)
        self._closed = threading.Event()

    def put(self, item: T) -> None:
        """Add an item; waits while the inbox is full, drops it once the inbox is closed."""
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=LOOK_UP_S)
            except queue.Full:
                continue
            return

    def offer(self, item: T) -> bool:
        """Add an item if there is room; False (and the item is dropped) if there is none."""
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            return False
        return True

    def take(self, timeout_s: float) -> T | None:
        """The next item, or None if none came in time. Call `done` after handling it."""
        try:
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def done(self) -> None:
        """The item last taken has had all its consequences."""
        self._queue.task_done()

    def close(self) -> None:
        """Nobody will take any more: whoever waits to put something may go."""
        self._closed.set()

    def join(self) -> None:
        """Wait until everything put so far is done."""
        self._queue.join()
