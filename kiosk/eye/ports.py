"""Where the eye meets its camera and its decoders. Nothing else speaks of pictures."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
"""A frame's brightness, height x width, 0 black to 255 white; QR needs no colour."""


class Camera(Protocol):
    """Something that delivers frames, one at a time, to the one thread that asks."""

    def open(self) -> None:
        """Start the camera; DeviceError if there is none."""

    def grab(self, timeout_s: float) -> Luma | None:
        """The next frame, or None if none came in time; DeviceError if the camera is lost."""

    def close(self) -> None:
        """Release the camera; safe to call twice."""


class CodeReader(Protocol):
    """Something that finds QR codes in a frame."""

    def read(self, frame: Luma) -> list[str]:
        """The texts of all QR codes found, ASCII only; empty if there is none."""

    def glance(self, frame: Luma) -> list[str]:
        """The same with the least effort, for frames in which nothing moves."""
