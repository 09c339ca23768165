"""A webcam that is a film: OpenCV's real capture, without a device."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.adapters import camera_webcam
from kiosk.adapters.camera_webcam import Webcam, luma
from runtime.clock import SystemClock
from runtime.errors import DeviceError, SettingsError
from tests.house import ROOT, files, module


class FilmCamera(Webcam):
    """Plays a film where the device would be."""

    backend = cv2.CAP_OPENCV_MJPEG


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three pictures, each brighter."""
    path = tmp_path / "film.avi"
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, code, 15, (1280, 720))
    assert writer.isOpened()
    for level in (50, 100, 150):
        writer.write(np.full((720, 1280, 3), level, np.uint8))
    writer.release()
    return path


def test_frames_are_brightness_and_a_camera_that_gives_no_more_is_lost(film: Path) -> None:
    camera = FilmCamera({"device": str(film)}, SystemClock())
    camera.open()
    for level in (50, 100, 150):
        frame = camera.grab(2.0)
        assert frame is not None
        assert frame.shape == (720, 1280)
        assert frame.dtype == np.uint8
        assert abs(float(frame.mean()) - level) < 3

    with pytest.raises(DeviceError, match="gives no pictures"):
        camera.grab(2.0)
    camera.close()


def test_closing_twice_is_no_trouble_and_it_opens_again(film: Path) -> None:
    camera = FilmCamera({"device": str(film)}, SystemClock())
    camera.open()
    camera.close()
    camera.close()
    with pytest.raises(DeviceError, match="is not open"):
        camera.grab(2.0)
    camera.open()

    assert camera.grab(2.0) is not None
    camera.close()


def test_a_webcam_that_is_not_there_is_named(tmp_path: Path) -> None:
    camera = Webcam({"device": "/dev/video97"}, SystemClock())

    with pytest.raises(DeviceError, match="/dev/video97 cannot be opened"):
        camera.open()
    camera.close()


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.full((4, 6), 80, np.uint8), id="grey"),
        pytest.param(np.full((4, 6, 2), (80, 128), np.uint8), id="YUYV"),
        pytest.param(np.full((4, 6, 1), 80, np.uint8), id="grey with a channel"),
        pytest.param(np.full((4, 6, 3), 80, np.uint8), id="blue, green, red"),
    ],
)
def test_whatever_a_webcam_gives_becomes_brightness(picture: np.typing.NDArray[np.uint8]) -> None:
    assert np.array_equal(luma(picture), np.full((4, 6), 80))


@pytest.mark.parametrize(("options", "says"), [({"fps": 0}, "fps"), ({"device": "0"}, "device")])
def test_a_wrong_option_is_named(options: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=f"driver webcam, options: .*{says}"):
        Webcam(options, SystemClock())


def test_captures_are_opened_in_one_file_only() -> None:
    doors = [module(path, ROOT) for path in files() if "VideoCapture(" in path.read_text("utf-8")]

    assert doors == [camera_webcam.__name__]
