"""A webcam by Video4Linux, through OpenCV; the only file that opens an OpenCV capture."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.adapters import camera_options
from kiosk.eye.ports import Luma
from runtime.clock import Clock
from runtime.errors import DeviceError

WIDTH_PX, HEIGHT_PX = 1280, 720  # more pixels read no more codes at arm's length, and cost CPU
MJPG = 0x47504A4D  # "MJPG": raw pictures of that size do not fit through USB 2 at 15 a second
NEWEST = 1  # buffer; an older frame shows where the phone was


class Webcam:
    """A Camera of brightness frames; their size is what the camera can do nearest to 1280 x 720.

    OpenCV cannot be told how long to wait. A camera that hangs is noticed by whoever waits for
    the eye's signs of life.
    """

    backend = cv2.CAP_V4L2

    def __init__(self, options: Mapping[str, object], _clock: Clock) -> None:
        self._options = camera_options.webcam(options)
        self._what = f"webcam {self._options.device}"
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> None:
        """Start the camera; DeviceError if there is none."""
        capture = cv2.VideoCapture(self._options.device, self.backend)
        if not capture.isOpened():
            capture.release()
            raise DeviceError(f"{self._what} cannot be opened: is it plugged in, and ours to use?")
        for what, value in (
            (cv2.CAP_PROP_FOURCC, MJPG),
            (cv2.CAP_PROP_FRAME_WIDTH, WIDTH_PX),
            (cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT_PX),
            (cv2.CAP_PROP_FPS, self._options.fps),
            (cv2.CAP_PROP_BUFFERSIZE, NEWEST),
        ):
            capture.set(what, value)  # a wish: what the camera cannot do it ignores
        self._capture = capture

    def grab(self, timeout_s: float) -> Luma | None:
        """The next frame; DeviceError if the camera is gone."""
        del timeout_s
        if self._capture is None:
            raise DeviceError(f"{self._what} is not open")
        try:
            has_come, picture = self._capture.read()
        except cv2.error as error:
            raise DeviceError(f"{self._what}: {error.err}") from error
        if not has_come:
            raise DeviceError(f"{self._what} gives no pictures: is it unplugged?")
        return luma(np.asarray(picture, np.uint8))

    def close(self) -> None:
        """Release the camera; safe to call twice."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()


def luma(picture: NDArray[np.uint8]) -> Luma:
    """The brightness of a picture as OpenCV hands it over: grey, YUYV or blue-green-red."""
    match picture.shape:
        case (_, _, 3):
            return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        case (_, _, _):
            return picture[:, :, 0]  # Y, then U or V
        case _:
            return picture
