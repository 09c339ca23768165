"""What only webcams have; see also the suite of all cameras, tests/kiosk/eye."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.adapters import camera_webcam
from kiosk.adapters.camera_webcam import luma
from tests.house import ROOT, files, module


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


def test_captures_are_opened_in_one_file_only() -> None:
    doors = [module(path, ROOT) for path in files() if "VideoCapture(" in path.read_text("utf-8")]

    assert doors == [camera_webcam.__name__]
