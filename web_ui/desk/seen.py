"""Who has just seen whom, so that a page that refreshes itself is not a thousand looks."""

from __future__ import annotations

import threading
from collections.abc import Collection

AGAIN_MS = 60 * 60 * 1000  # whoever still sees a name an hour later looks again
REMEMBERED = 10_000  # pairs; a day of a chain's. Beyond it some looks are written twice


class Seen:
    """Remembered for all threads that draw pages; lost with the process, and then written again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_ms: dict[tuple[str, str], int] = {}

    def fresh(self, staff: str, members: Collection[str], at_ms: int) -> list[str]:
        """Those of whom it is not written yet, in this hour, that somebody saw them."""
        with self._lock:
            if len(self._at_ms) > REMEMBERED:
                self._at_ms.clear()
            new = [
                one
                for one in sorted(members)
                if at_ms - self._at_ms.get((staff, one), at_ms - AGAIN_MS) >= AGAIN_MS
            ]
            self._at_ms.update({(staff, one): at_ms for one in new})
        return new
