"""What an operator may tell a camera's driver. It takes no pictures.

Apart from the drivers: a kiosk checks the options at its start, and only its eye loads OpenCV.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from kiosk.adapters import options as driver_options

Fps = Annotated[float, Meta(ge=1, le=30)]


class Picamera2Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Of the Raspberry Pi camera."""

    camera: Annotated[int, Meta(ge=0, le=3)] = 0
    fps: Fps = 15.0
    focus_m: Annotated[float, Meta(gt=0, le=5)] | None = None  # None: the module has fixed focus


class WebcamOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a webcam."""

    device: Annotated[str, Meta(pattern="^/")] = "/dev/video0"  # /dev/v4l/by-id/… stays the same
    fps: Fps = 15.0


def picamera2(options: Mapping[str, object]) -> Picamera2Options:
    """Read them; SettingsError names a wrong one."""
    return driver_options.read(Picamera2Options, "picamera2", options)


def webcam(options: Mapping[str, object]) -> WebcamOptions:
    """Read them; SettingsError names a wrong one."""
    return driver_options.read(WebcamOptions, "webcam", options)
