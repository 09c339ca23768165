"""The one bounded queue in which all threads of a process meet, and the one thread that owns it.

Built on SimpleQueue, which is C: with `queue.Queue`, which is Python, passing a sighting on cost as
much as all that a kiosk then makes of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")

LOOK_UP_S = 0.5  # how soon a waiting sender notices that the inbox was closed


class Inbox(Generic[T]):
    """First in, first out; a full inbox makes senders wait instead of using memory.

    Senders that meet at the last free place may exceed the capacity by one each.
    """

    def __init__(self, capacity: int) -> None:
        self._queue: SimpleQueue[T | _Mark] = SimpleQueue()
        self._capacity = self._limit = capacity
        self._closed = False
        self._room = threading.Event()  # set by the owner while nobody waits
        self._room.set()
        self._taken = self._done = 0  # by the owner's thread alone; it counts before it waits
        self._ahead: list[T] = []  # came out while marks were looked for
        self._marks: list[_Mark] = []  # of joins; what was taken before them is not yet done
        self._joining = 0  # marks in the queue and in the list
        self._lock = threading.Lock()  # of that number

    def put(self, item: T) -> None:
        """Add an item; waits while the inbox is full, drops it once the inbox is closed."""
        while not self._closed:
            if self._queue.qsize() < self._limit:
                self._queue.put(item)
                return
            self._room.clear()
            if self._queue.qsize() >= self._limit:  # there was no room made before `clear`
                self._room.wait(LOOK_UP_S)

    def offer(self, item: T) -> bool:
        """Add an item if there is room; False (and the item is dropped) if there is none."""
        if self._queue.qsize() >= self._capacity:
            return False
        self._queue.put(item)
        return True

    def take(self, timeout_s: float) -> T | None:
        """The next item, or None if none came in time. Call `done` after handling it."""
        if self._ahead:
            self._taken += 1
            return self._ahead.pop()
        self._taken += 1
        try:
            item = self._queue.get(timeout=timeout_s)
        except Empty:
            self._taken -= 1
            return None
        if isinstance(item, _Mark):
            self._taken -= 1
            self._marks.append(item)
            self._release()
            return self.take(timeout_s)  # a join waits as long again at the most
        if not self._room.is_set():
            self._room.set()
        return item

    def done(self) -> None:
        """The item last taken has had all its consequences."""
        self._done += 1
        if self._joining:
            self._release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """For its owner, while every moment counts: whoever would put something waits till then.

        Threads take turns in Python, and who reads from a network does so a dozen times a message.
        """
        self._limit = 0
        try:
            yield
        finally:
            self._limit = self._capacity
            self._room.set()

    @property
    def waiting(self) -> int:
        """How much lies there, about: others put and take meanwhile."""
        return self._queue.qsize()

    @property
    def handled(self) -> int:
        """How much was done since the start; any thread may ask."""
        return self._done

    def close(self) -> None:
        """Nobody will take any more: whoever waits to put something may go."""
        self._closed = True
        self._room.set()

    def join(self) -> None:
        """Wait until everything put so far is done, or the inbox is closed."""
        mark = _Mark()
        with self._lock:
            self._joining += 1
            self._queue.put(mark)
        if self._taken == self._done and self._queue.qsize() <= self._joining and not self._ahead:
            return  # the owner has nothing, and there is nothing but marks
        while not mark.passed.wait(LOOK_UP_S) and not self._closed:
            pass

    def _release(self) -> None:
        """In the owner's thread: let go those whose marks have only done items before them."""
        if self._taken != self._done:
            return
        while self._queue.qsize() and not self._ahead:
            item = self._queue.get()
            if isinstance(item, _Mark):
                self._marks.append(item)
            else:
                self._ahead.append(item)
        for mark in self._marks:
            mark.passed.set()
        with self._lock:
            self._joining -= len(self._marks)
        self._marks.clear()


class _Mark:
    """A place in the queue that a `join` waits for."""

    __slots__ = ("passed",)

    def __init__(self) -> None:
        self.passed = threading.Event()
