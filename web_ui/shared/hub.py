"""What changed, handed to every open stream of this process. It remembers nothing for later."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

# A browser this far behind is told to read everything again instead of everything in between.
BACKLOG = 100


class Hub(Generic[T]):
    """Many streams, one speaker. Speaking never waits for a slow browser."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[queue.Queue[T | None], str] = {}
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether streams should end."""
        return self._closed

    def publish(self, room: str, change: T) -> None:
        """Tell the streams of a room what changed; returns at once."""
        with self._lock:
            for listener, listens_to in self._listeners.items():
                if listens_to == room:
                    _drop_in(listener, change)

    @contextmanager
    def listen(self, room: str) -> Iterator[queue.Queue[T | None]]:
        """The changes of one room from now on; None means: too many, read everything again."""
        listener: queue.Queue[T | None] = queue.Queue(BACKLOG)
        with self._lock:
            self._listeners[listener] = room
        try:
            yield listener
        finally:
            with self._lock:
                del self._listeners[listener]

    def close(self) -> None:
        """Wake every stream so that it can end; safe to call twice."""
        with self._lock:
            self._closed = True
            for listener in self._listeners:
                _drop_in(listener, None)


def _drop_in(listener: queue.Queue[T | None], change: T | None) -> None:
    try:
        listener.put_nowait(change)
    except queue.Full:
        with listener.mutex:
            listener.queue.clear()
        listener.put_nowait(None)
