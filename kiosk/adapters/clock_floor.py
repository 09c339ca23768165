"""The time it is not before, kept in a small file that a power cut leaves whole."""

from __future__ import annotations

import math
from pathlib import Path

from runtime import small_file
from runtime.errors import DeviceError


class ClockFloor:
    """One file with one number: Unix seconds."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> float:
        """The number; 0, which forbids nothing, if there is none or it makes no sense."""
        try:
            floor_s = float(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0
        return floor_s if math.isfinite(floor_s) and floor_s > 0 else 0.0

    def save(self, floor_s: float) -> None:
        """Replace the number. When this returns it survives a power cut; DeviceError if not."""
        try:
            small_file.replace(self._path, f"{floor_s:.3f}\n")
        except OSError as error:
            raise DeviceError(f"cannot keep the time in {self._path}: {error.strerror}") from error
