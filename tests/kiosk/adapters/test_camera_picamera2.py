"""What only the Pi's camera has; see also the suite of all cameras, tests/kiosk/eye."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from kiosk.adapters.camera_picamera2 import Picamera2Camera
from runtime.clock import SystemClock
from runtime.errors import DeviceError
from tests.kiosk.adapters.picamera2_signatures import installed, recorded, signature
from tests.kiosk.eye.fake_picamera2 import Bench, FakePicamera2


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Stands where the Debian package would."""
    made = Bench()
    monkeypatch.setitem(sys.modules, "picamera2", made.module())
    return made


GOLDEN = json.loads(Path(__file__).with_name("golden").joinpath("picamera2.json").read_text())


def test_every_call_we_make_is_one_the_real_picamera2_takes(bench: Bench) -> None:
    allowed = {name: signature(said) for name, said in GOLDEN["methods"].items()}
    camera = opened(focus_m=0.2)

    allowed["__init__"].bind(bench.made[0], 0)
    allowed["create_video_configuration"].bind(bench.made[0], **camera._configuration())
    allowed["configure"].bind(bench.made[0], bench.made[0].configuration)
    allowed["start"].bind(bench.made[0])
    allowed["capture_arrays"].bind(bench.made[0], ["main"], wait=2.0)
    allowed["close"].bind(bench.made[0])


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


def test_a_frame_is_the_brightness_and_nothing_of_the_padding(bench: Bench) -> None:
    bench.levels = [0]
    frame = opened().grab(2.0)

    assert frame is not None
    assert np.array_equal(frame, np.tile(np.arange(1280) % 100, (720, 1)))


def test_the_camera_is_configured_once_and_spares_memory(bench: Bench) -> None:
    opened(fps=20).grab(2.0)

    (camera,) = bench.made
    assert camera.did == ["configure", "start"]
    assert camera.configuration["main"] == {"size": (1280, 720), "format": "YUV420"}
    assert camera.configuration["raw"] is None
    assert camera.configuration["buffer_count"] == 4
    assert camera.configuration["queue"] is False
    assert camera.configuration["controls"] == {"FrameDurationLimits": (50_000, 50_000)}


def test_a_focus_is_set_by_hand_and_in_dioptres(bench: Bench) -> None:
    opened(focus_m=0.2)

    controls = bench.made[0].configuration["controls"]
    assert (controls["AfMode"], controls["LensPosition"]) == (0, 5.0)


def test_a_frame_that_does_not_come_in_time_is_no_frame_and_the_next_one_is(bench: Bench) -> None:
    camera = opened()

    assert camera.grab(2.0) is None
    assert camera.grab(2.0) is None
    bench.levels = [10, 20, 30]
    frame = camera.grab(2.0)
    assert frame is not None
    assert frame[0, 0] == 30  # two captures were still waiting for theirs


@pytest.mark.parametrize("trouble", [RuntimeError("frontend has timed out"), OSError(12, "CMA")])
def test_a_camera_that_fails_is_a_device_error(bench: Bench, trouble: Exception) -> None:
    camera = opened()
    bench.trouble = trouble

    with pytest.raises(DeviceError, match="camera 0: "):
        camera.grab(2.0)
    camera.close()
    assert bench.made[0].did[-1] == "close"


def test_where_there_is_no_picamera2_the_camera_is_out_and_the_remedy_is_named() -> None:
    camera = Picamera2Camera({"focus_m": 0.18}, SystemClock())

    with pytest.raises(DeviceError, match="sudo apt-get install python3-picamera2"):
        camera.open()
    camera.close()
