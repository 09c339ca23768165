"""Server-sent events over WSGI: their form, their heartbeat and their limit. No content."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from flask import Response

HEARTBEAT_S = 10.0  # a browser calls a stream stale after 15 s, and a gone browser frees its thread
RETRY_AFTER_S = 5  # how often a browser without a stream polls instead
RETRY_MS = 1_000  # how soon a browser comes again after a break; its own default is 3 s

HEARTBEAT = b"event: beat\ndata:\n\n"
HELLO = f"retry: {RETRY_MS}\n\n".encode()


class StreamLimit:
    """How many streams may be open: each holds a thread, and ordinary requests need some too."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    def stream(self, events: Iterator[bytes]) -> Response:
        """An open stream, or 503 when all places are taken.

        `events` begins with HELLO, and only when it will miss nothing any more: the browser takes
        that for open, and reads once what came before.
        """
        if not self._free.acquire(blocking=False):
            return Response(status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
        response = Response(events, mimetype="text/event-stream")
        # Not in the generator: one that never started is closed without running its `finally`.
        response.call_on_close(self._free.release)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"  # a proxy in front must not collect events
        return response


def event(name: str, data: bytes) -> bytes:
    """One event; `data` must be a single line, as JSON is."""
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
