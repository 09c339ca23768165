"""Outboxes for tests, and what is put in and found there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.events import Called, ClockTrust
from kiosk.adapters.outbox import Outbox

AT_MS = 1_800_000_000_000
CALL = Called(session="0123456789abcdef")


def reopened(path: Path) -> Outbox:
    return Outbox(path, "hue-1", "porch")


def fill(outbox: Outbox, count: int) -> None:
    for _ in range(count):
        outbox.append(CALL, AT_MS, ClockTrust.TRUSTED)


def seqs(outbox: Outbox, after_seq: int = 0, limit: int = 1_000) -> list[int]:
    return [event.seq for event, _ in outbox.pending(after_seq, limit)]


@contextmanager
def commits(outbox: Outbox) -> Iterator[Callable[[], int]]:
    """How many transactions an outbox has ended since; each is a write and an fsync."""
    said = list[str]()
    outbox._db.set_trace_callback(said.append)
    yield lambda: said.count("COMMIT")
    outbox._db.set_trace_callback(None)
