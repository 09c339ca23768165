"""Runs a coroutine to its end, also where playwright's own loop runs in this thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What `asyncio.run` does, in a thread of its own."""
    return apart(lambda: asyncio.run(coroutine))


def apart(call: Callable[[], T]) -> T:
    """What a call returns that runs a loop of its own."""
    with ThreadPoolExecutor(1, "test-loop") as thread:
        return thread.submit(call).result()
