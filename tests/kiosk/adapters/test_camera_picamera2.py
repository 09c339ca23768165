"""The Pi's camera on a machine that is no Pi."""

from __future__ import annotations

import pytest

from kiosk.adapters.camera_picamera2 import Picamera2Camera
from runtime.clock import SystemClock
from runtime.errors import DeviceError, SettingsError


def test_where_there_is_no_picamera2_the_camera_is_out_and_the_remedy_is_named() -> None:
    camera = Picamera2Camera({"focus_m": 0.18}, SystemClock())

    with pytest.raises(DeviceError, match="sudo apt-get install python3-picamera2"):
        camera.open()
    camera.close()


@pytest.mark.parametrize(("options", "says"), [({"fps": 0}, "fps"), ({"focus": 1}, "focus")])
def test_a_wrong_option_is_named(options: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=f"driver picamera2, options: .*{says}"):
        Picamera2Camera(options, SystemClock())
