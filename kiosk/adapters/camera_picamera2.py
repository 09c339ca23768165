"""The Raspberry Pi camera by picamera2, set for reading codes; the only file that imports it.

picamera2 exists only as a Debian package for the Pi, so it is imported when the camera is opened:
on any other machine that is an ordinary missing device, said in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np

from kiosk.adapters import camera_options
from kiosk.eye.ports import Luma
from runtime.clock import Clock
from runtime.errors import DeviceError

WIDTH_PX, HEIGHT_PX = 1280, 720  # more pixels read no more codes at arm's length, and cost CPU
BUFFERS = 4  # the default of 6 and a raw stream exhaust the memory the camera may use
MANUAL_FOCUS = 0  # libcamera's AfModeManual; automatic focus stays on whoever walked by


class Picamera2Camera:
    """A Camera of brightness frames, 720 x 1280."""

    def __init__(self, options: Mapping[str, object], _clock: Clock) -> None:
        self._options = camera_options.picamera2(options)
        self._camera: Any = None  # picamera2 has no types

    def open(self) -> None:
        """Configure once and start; DeviceError if there is no camera."""
        try:
            library = import_module("picamera2")
        except ImportError as error:
            raise DeviceError(
                f"picamera2 cannot be used; run: sudo apt-get install python3-picamera2 ({error})"
            ) from error
        try:
            self._camera = library.Picamera2(self._options.camera)
            self._camera.configure(self._camera.create_video_configuration(**self._configuration()))
            self._camera.start()
        except (RuntimeError, IndexError, OSError) as error:
            self.close()
            raise DeviceError(f"camera {self._options.camera}: {error}") from error

    def grab(self, timeout_s: float) -> Luma | None:
        """The next frame's Y plane, or None if none came in time."""
        if self._camera is None:
            raise DeviceError(f"camera {self._options.camera} is not open")
        try:
            (planes,), _metadata = self._camera.capture_arrays(["main"], wait=timeout_s)
        except TimeoutError:
            return None
        except (RuntimeError, OSError) as error:
            raise DeviceError(f"camera {self._options.camera}: {error}") from error
        luma: Luma = np.asarray(planes)[:HEIGHT_PX, :WIDTH_PX]  # rows are padded, U and V follow
        return luma

    def close(self) -> None:
        """Stop and release; safe to call twice."""
        camera, self._camera = self._camera, None
        if camera is not None:
            with suppress(RuntimeError, OSError):  # a camera that is lost need not close well
                camera.close()

    def _configuration(self) -> dict[str, object]:
        frame_us = round(1_000_000 / self._options.fps)
        controls: dict[str, object] = {"FrameDurationLimits": (frame_us, frame_us)}
        if self._options.focus_m is not None:
            controls |= {"AfMode": MANUAL_FOCUS, "LensPosition": 1 / self._options.focus_m}
        return {
            "main": {"size": (WIDTH_PX, HEIGHT_PX), "format": "YUV420"},
            "raw": None,
            "buffer_count": BUFFERS,
            "queue": False,  # the newest frame, not one that waited
            "display": None,
            "encode": None,
            "controls": controls,  # here, because configure() overwrites what was set before
        }
