"""Says how hard to look at a frame, so that an empty shop costs nothing.

Never the only way in: one frame a second gets a glance whatever it shows, for a phone laid still.
"""

from __future__ import annotations

from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from kiosk.eye.ports import Luma

EVERY = 8  # rows and columns looked at; a phone is 20 of these wide, and 17 µs are enough
CHANGED_LEVELS = 12.0  # a pixel this much brighter or darker changed; sensor noise stays below 8
CHANGED_SHARE = 0.01  # of all pixels: a hand at half a metre covers 4 %
LEARNS = 1 / 16  # the background follows slow light within a second at 15 frames a second
STAYS_OPEN_S = 2.0  # a phone held still for the camera moves less than it did on its way
UNGATED_EVERY_S = 1.0


class Look(Enum):
    """How much effort a frame is worth."""

    NONE = auto()
    GLANCE = auto()  # nothing moves; what moved before was read with all effort for two seconds
    READ = auto()


class MotionGate:
    """A slow background, and whether the newest frame differs from it. For one thread."""

    def __init__(self) -> None:
        self._background: NDArray[np.float32] | None = None
        self._open_until_s = float("-inf")
        self._looked_s = float("-inf")

    def look(self, frame: Luma, now_s: float) -> Look:
        """How to look for codes in this frame; `now_s` is monotonic."""
        if self._has_changed(frame):
            self._open_until_s = now_s + STAYS_OPEN_S
        is_open = now_s < self._open_until_s
        if not is_open and now_s - self._looked_s < UNGATED_EVERY_S:
            return Look.NONE
        self._looked_s = now_s
        return Look.READ if is_open else Look.GLANCE

    def _has_changed(self, frame: Luma) -> bool:
        small = frame[::EVERY, ::EVERY].astype(np.float32)
        if self._background is None or self._background.shape != small.shape:
            self._background = small
            return False  # nobody knows yet
        difference = small - self._background
        self._background += LEARNS * difference
        return float(np.mean(np.abs(difference) > CHANGED_LEVELS)) > CHANGED_SHARE
