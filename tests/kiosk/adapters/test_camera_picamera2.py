"""The Pi's camera: on a machine that is no Pi, and on a stand-in with the measured habits."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kiosk.adapters.camera_picamera2 import Picamera2Camera
from runtime.clock import SystemClock
from runtime.errors import DeviceError, SettingsError
from tests.kiosk.adapters.picamera2_signatures import installed, recorded, signature

STRIDE_PX = 1536  # rows are padded in memory: 1280 pixels, then what nobody drew


class FakePicamera2:
    """One camera; written from what the real class did on libcamera's virtual pipeline."""

    trouble: Exception | None = None  # raised by the next capture

    def __init__(self, camera_num: int) -> None:
        if camera_num > 0:
            raise IndexError("list index out of range")
        self.did: list[str] = []
        self.configuration: dict[str, Any] = {}

    def create_video_configuration(self, **configuration: object) -> dict[str, object]:
        return configuration

    def configure(self, camera_config: dict[str, Any]) -> None:
        self.configuration = camera_config
        self.did.append("configure")

    def start(self) -> None:
        self.did.append("start")

    def capture_arrays(
        self, names: list[str], wait: float
    ) -> tuple[list[NDArray[np.uint8]], dict[str, object]]:
        if self.trouble is not None:
            raise self.trouble
        assert (names, wait) == (["main"], 2.0)
        planes = np.full((720 * 3 // 2, STRIDE_PX), 77, np.uint8)
        planes[:720, :1280] = np.arange(1280) % 256
        return [planes], {}

    def close(self) -> None:
        self.did.append("close")
        if self.trouble is not None:
            raise RuntimeError("the camera does not stop")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> list[FakePicamera2]:
    """Stands where the Debian package would; lists the cameras that were made."""
    made: list[FakePicamera2] = []

    def make(camera_num: int) -> FakePicamera2:
        made.append(FakePicamera2(camera_num))
        return made[-1]

    module = ModuleType("picamera2")
    module.Picamera2 = make  # type: ignore[attr-defined]  # a module is what we put in it
    monkeypatch.setitem(sys.modules, "picamera2", module)
    return made


GOLDEN = json.loads(Path(__file__).with_name("golden").joinpath("picamera2.json").read_text())


def test_every_call_we_make_is_one_the_real_picamera2_takes(library: list[FakePicamera2]) -> None:
    allowed = {name: signature(said) for name, said in GOLDEN["methods"].items()}
    camera = opened(focus_m=0.2)

    allowed["__init__"].bind(library[0], 0)
    allowed["create_video_configuration"].bind(library[0], **camera._configuration())
    allowed["configure"].bind(library[0], library[0].configuration)
    allowed["start"].bind(library[0])
    allowed["capture_arrays"].bind(library[0], ["main"], wait=2.0)
    allowed["close"].bind(library[0])


def test_the_stand_in_takes_nothing_that_the_real_one_would_not() -> None:
    for name, said in GOLDEN["methods"].items():
        ours = list(inspect.signature(getattr(FakePicamera2, name)).parameters.values())
        known = {parameter.strip("*=") for parameter in said}
        named = {one.name for one in ours if one.kind is not inspect.Parameter.VAR_KEYWORD}
        assert named <= known, name


def test_the_record_of_its_signatures_is_that_of_the_installed_one() -> None:
    """On a Pi. Elsewhere the record, of the version it names, is all there is."""
    source = installed()
    if source is not None:
        assert recorded(source.read_text(encoding="utf-8")) == GOLDEN["methods"]


def opened(**options: object) -> Picamera2Camera:
    camera = Picamera2Camera(options, SystemClock())
    camera.open()
    return camera


def test_a_frame_is_the_brightness_and_nothing_of_the_padding(
    library: list[FakePicamera2],
) -> None:
    frame = opened().grab(2.0)

    assert frame is not None
    assert frame.shape == (720, 1280)
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, np.tile(np.arange(1280) % 256, (720, 1)))


def test_the_camera_is_configured_once_and_spares_memory(library: list[FakePicamera2]) -> None:
    opened(fps=20).grab(2.0)

    (camera,) = library
    assert camera.did == ["configure", "start"]
    assert camera.configuration["main"] == {"size": (1280, 720), "format": "YUV420"}
    assert camera.configuration["raw"] is None
    assert camera.configuration["buffer_count"] == 4
    assert camera.configuration["queue"] is False
    assert camera.configuration["controls"] == {"FrameDurationLimits": (50_000, 50_000)}


def test_a_focus_is_set_by_hand_and_in_dioptres(library: list[FakePicamera2]) -> None:
    opened(focus_m=0.2)

    controls = library[0].configuration["controls"]
    assert (controls["AfMode"], controls["LensPosition"]) == (0, 5.0)


def test_a_frame_that_does_not_come_in_time_is_no_frame(library: list[FakePicamera2]) -> None:
    camera = opened()
    library[0].trouble = TimeoutError()

    assert camera.grab(2.0) is None


@pytest.mark.parametrize("trouble", [RuntimeError("frontend has timed out"), OSError(12, "CMA")])
def test_a_camera_that_fails_is_a_device_error(
    library: list[FakePicamera2], trouble: Exception
) -> None:
    camera = opened()
    library[0].trouble = trouble

    with pytest.raises(DeviceError, match="camera 0: "):
        camera.grab(2.0)
    camera.close()
    assert library[0].did[-1] == "close"


def test_a_camera_that_is_not_there_is_named(library: list[FakePicamera2]) -> None:
    with pytest.raises(DeviceError, match="camera 1: "):
        opened(camera=1)


def test_closing_twice_closes_once_and_it_opens_again(library: list[FakePicamera2]) -> None:
    camera = opened()
    camera.close()
    camera.close()
    camera.open()

    assert [one.did for one in library] == [["configure", "start", "close"], ["configure", "start"]]


def test_where_there_is_no_picamera2_the_camera_is_out_and_the_remedy_is_named() -> None:
    camera = Picamera2Camera({"focus_m": 0.18}, SystemClock())

    with pytest.raises(DeviceError, match="sudo apt-get install python3-picamera2"):
        camera.open()
    camera.close()


@pytest.mark.parametrize(("options", "says"), [({"fps": 0}, "fps"), ({"focus": 1}, "focus")])
def test_a_wrong_option_is_named(options: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=f"driver picamera2, options: .*{says}"):
        Picamera2Camera(options, SystemClock())
