"""A chore is done at once, when it is woken, and never after it was stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.chore import Chore
from tests.waiting import until


def test_it_is_done_at_once_and_whenever_it_is_woken() -> None:
    names: list[str] = []
    chore = Chore("sweeping", lambda: names.append(threading.current_thread().name), 3_600)
    with started(chore):
        until(lambda: len(names) == 1, "the first time")
        chore.wake()
        until(lambda: len(names) == 2, "the second time")

    assert set(names) == {"sweeping"}
    assert "sweeping" not in {thread.name for thread in threading.enumerate()}


def test_what_happens_while_it_is_done_has_it_done_again() -> None:
    began, go_on, times = threading.Event(), threading.Event(), []

    def do() -> None:
        times.append(1)
        began.set()
        go_on.wait(10)

    chore = Chore("sweeping", do, 3_600)
    with started(chore):
        assert began.wait(10)
        chore.wake()
        go_on.set()
        until(lambda: len(times) == 2, "the second time")


@contextmanager
def started(chore: Chore) -> Iterator[None]:
    chore.start()
    try:
        yield
    finally:
        chore.stop()
