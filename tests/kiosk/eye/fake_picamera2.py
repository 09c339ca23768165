"""Stands where Debian's picamera2 would: written from what the real one did on a virtual camera.

Measured with picamera2 0.3.38 on libcamera's virtual pipeline. It takes no time: a frame is there
or it is not.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

STRIDE_PX = 1536  # rows are padded in memory: 1280 pixels, then what nobody drew
PADDING = 77


class Bench:
    """The camera connector of a Pi, and what is before the camera."""

    def __init__(self) -> None:
        self.is_plugged_in = True
        self.levels: list[int] = []  # of the next frames; one that is not there does not come
        self.trouble: Exception | None = None  # raised by the next capture
        self.in_use: FakePicamera2 | None = None
        self.made: list[FakePicamera2] = []

    def module(self) -> ModuleType:
        """What `import picamera2` gives."""
        module = ModuleType("picamera2")
        vars(module)["Picamera2"] = type("Picamera2", (FakePicamera2,), {"bench": self})
        return module


class FakePicamera2:
    """One camera, in use from when it is made until it is closed."""

    bench: ClassVar[Bench]

    def __init__(self, camera_num: int) -> None:
        bench = self.bench
        if camera_num > 0 or not bench.is_plugged_in:
            raise IndexError("list index out of range")
        if bench.in_use is not None:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        bench.in_use = self
        bench.made.append(self)
        self.did: list[str] = []
        self.configuration: dict[str, Any] = {}
        self._jobs = 0  # captures that nobody waits for any more; each still takes a frame

    def create_video_configuration(self, **configuration: object) -> dict[str, object]:
        return configuration

    def configure(self, camera_config: dict[str, Any]) -> None:
        self.configuration = camera_config
        self.did.append("configure")

    def start(self) -> None:
        if not self.configuration:
            raise RuntimeError("Camera has not been configured")
        self.did.append("start")

    def capture_arrays(
        self, names: list[str], wait: float
    ) -> tuple[list[NDArray[np.uint8]], dict[str, object]]:
        assert names == ["main"]
        assert wait > 0  # None would wait for ever
        if self.bench.trouble is not None:
            raise self.bench.trouble
        levels = self.bench.levels if self.bench.is_plugged_in and "start" in self.did else []
        while self._jobs and levels:
            levels.pop(0)
            self._jobs -= 1
        if not levels:
            self._jobs += 1
            raise TimeoutError
        width, height = self.configuration["main"]["size"]
        planes = np.full((height * 3 // 2, STRIDE_PX), PADDING, np.uint8)
        planes[:height, :width] = np.arange(width) % 100 + levels.pop(0)
        return [planes], {}  # a copy, as the real one makes

    def close(self) -> None:
        self.did.append("close")
        self.bench.in_use = None
        if self.bench.trouble is not None:
            raise RuntimeError("the camera does not stop")
