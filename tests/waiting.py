"""Waits for something real to happen, and says what was missing if it does not."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 15.0  # far more than anything takes; only a failing test waits this long
LOOK_EVERY_S = 0.01


def until(happened: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
    """Return as soon as `happened()` is true; AssertionError names `what` if it never is."""
    deadline = time.monotonic() + patience_s
    while not happened():
        assert time.monotonic() < deadline, f"waited {patience_s} s in vain: {what}"
        time.sleep(LOOK_EVERY_S)
