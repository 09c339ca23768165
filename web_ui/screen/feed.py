"""Hands states from the kiosk's owner thread to the browser's streams; keeps only the latest."""

from __future__ import annotations

import threading

from kiosk.core.screen import ScreenState


class Feed:
    """A ScreenFeed that many streams read. The owner thread writes, request threads wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = ScreenState()
        self._closed = False

    def show(self, state: ScreenState) -> None:
        """Paint this state on every connected page; returns at once."""
        with self._changed:
            self._state = state
            self._changed.notify_all()

    def latest(self) -> ScreenState:
        """The state now to be seen."""
        with self._changed:
            return self._state

    def next_after(self, revision: int, timeout_s: float) -> ScreenState | None:
        """The latest state once it is another than `revision`; None if none came in time.

        Another, not a higher one: a kiosk that was started anew counts from zero.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._state.revision != revision, timeout_s
            )
            return self._state if self._state.revision != revision else None

    def close(self) -> None:
        """End every stream; safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether streams should end."""
        with self._changed:
            return self._closed
