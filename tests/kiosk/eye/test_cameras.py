"""One suite for every kind of camera: a stand-in for the Pi's, a film as a webcam, the stage."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import pytest

from kiosk.adapters.camera_picamera2 import Picamera2Camera
from kiosk.adapters.camera_webcam import Webcam
from kiosk.eye.ports import Camera, Luma
from runtime.clock import SystemClock
from runtime.errors import DeviceError, SettingsError
from simulator.camera import SimulatedCamera
from simulator.wire import HeldPhone, View
from tests.fakes import FakeClock
from tests.kiosk.eye.fake_picamera2 import Bench
from tests.simulator.stage import Stage
from tests.waiting import PATIENCE_S

LEVELS = (50, 100, 150)
UINT8 = np.dtype(np.uint8)


class Thing(Protocol):
    """A camera as a person handles it. At first it is plugged in, and not open."""

    @property
    def camera(self) -> Camera: ...
    @property
    def name(self) -> str: ...
    def open(self) -> None: ...
    def film(self) -> None: ...
    def absent(self) -> Camera: ...


class Plugged(Thing, Protocol):
    """One with a cable."""

    def plug(self) -> None: ...
    def unplug(self) -> None: ...


class OnRibbon:
    """The Pi's own, on a stand-in for picamera2."""

    name = "camera 0"

    def __init__(self, _folder: Path, cleanup: ExitStack) -> None:
        self.bench = Bench()
        patch = cleanup.enter_context(pytest.MonkeyPatch.context())
        patch.setitem(sys.modules, "picamera2", self.bench.module())
        self.camera = Picamera2Camera({}, SystemClock())

    def open(self) -> None:
        self.camera.open()

    def film(self) -> None:
        self.bench.levels = list(LEVELS)

    def absent(self) -> Camera:
        return Picamera2Camera({"camera": 1}, SystemClock())

    def plug(self) -> None:
        self.bench.is_plugged_in = True

    def unplug(self) -> None:
        self.bench.is_plugged_in = False


class FilmCamera(Webcam):
    """OpenCV's real capture; it plays a film where the device would be."""

    backend = cv2.CAP_OPENCV_MJPEG


class OnFilm:
    """A webcam. Its film is over when it is unplugged."""

    name = "webcam "

    def __init__(self, folder: Path, _cleanup: ExitStack) -> None:
        self._path = folder / "film.avi"
        self.plug()
        self.camera = FilmCamera({"device": str(self._path)}, SystemClock())

    def open(self) -> None:
        self.camera.open()

    def film(self) -> None:
        """It is always the same."""

    def absent(self) -> Camera:
        return Webcam({"device": "/dev/video97"}, SystemClock())

    def plug(self) -> None:
        code = cv2.VideoWriter.fourcc(*"MJPG")
        writer = cv2.VideoWriter(str(self._path), cv2.CAP_OPENCV_MJPEG, code, 15, (1280, 720))
        assert writer.isOpened()
        for level in LEVELS:
            writer.write(np.full((720, 1280, 3), level, np.uint8))
        writer.release()

    def unplug(self) -> None:
        self._path.unlink()
        for _ in LEVELS:
            self.camera.grab(PATIENCE_S)


class OnStage:
    """The simulated one: who stands before it is the stage's to say."""

    name = "simulated camera"

    def __init__(self, _folder: Path, cleanup: ExitStack) -> None:
        self._stage = Stage()
        cleanup.callback(self._stage.adapters.close)
        slowly = self._stage.options | {"fps": 0.1}  # by itself; the stage orders what is filmed
        self.camera = SimulatedCamera(slowly, FakeClock())

    def open(self) -> None:
        self._stage.admit_while(self.camera.open)

    def film(self) -> None:
        def play() -> None:
            for room in (0.2, 0.6, 1.0):
                out_of_sight = HeldPhone("X", 0.0, 300.0, 9_000.0, 0.0, 0.0, 0.0, 1.0, room)
                self._stage.adapters.tell({("quay-1", "camera"): View(9.0, out_of_sight)})

        threading.Thread(target=play, name="film", daemon=True).start()

    def absent(self) -> Camera:
        nobody = Stage()
        nobody.adapters.close()
        return SimulatedCamera(nobody.options, FakeClock())


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=[OnRibbon, OnFilm, OnStage])
def thing(request: pytest.FixtureRequest, tmp_path: Path, cleanup: ExitStack) -> Thing:
    made: Thing = request.param(tmp_path, cleanup)
    cleanup.callback(made.camera.close)
    return made


@pytest.fixture(params=[OnRibbon, OnFilm])
def plugged(request: pytest.FixtureRequest, tmp_path: Path, cleanup: ExitStack) -> Plugged:
    made: Plugged = request.param(tmp_path, cleanup)
    cleanup.callback(made.camera.close)
    return made


def grabbed(camera: Camera) -> Luma:
    frame = camera.grab(PATIENCE_S)
    assert frame is not None
    return frame


def test_frames_are_the_brightness_of_what_is_there_and_stay_as_they_were(thing: Thing) -> None:
    thing.open()
    thing.film()
    frames, means = [], []
    for _ in LEVELS:
        frames.append(grabbed(thing.camera))
        means.append(float(frames[-1].mean()))

    assert [(frame.shape, frame.dtype) for frame in frames] == [((720, 1280), UINT8)] * 3
    assert {frame.strides[1] for frame in frames} == {1}  # pixels side by side; rows may be padded
    assert means[0] + 30 < means[1] < means[2] - 30
    assert [float(frame.mean()) for frame in frames] == means  # no frame is a view of the next


def test_a_camera_gives_nothing_before_it_is_opened_and_after_it_was_closed(thing: Thing) -> None:
    with pytest.raises(DeviceError, match=f"{thing.name}.* is not open"):
        thing.camera.grab(PATIENCE_S)
    thing.open()
    thing.camera.close()

    with pytest.raises(DeviceError, match=f"{thing.name}.* is not open"):
        thing.camera.grab(PATIENCE_S)


def test_closing_twice_is_no_trouble_and_it_opens_again(thing: Thing) -> None:
    thing.open()
    thing.camera.close()
    thing.camera.close()
    thing.open()
    thing.film()

    assert grabbed(thing.camera).any()


def test_a_camera_that_is_not_there_is_named_and_gives_nothing(thing: Thing) -> None:
    camera = thing.absent()

    with pytest.raises(DeviceError, match=r"camera 1: |/dev/video97 cannot be opened|no stage"):
        camera.open()
    with pytest.raises(DeviceError, match="is not open"):
        camera.grab(PATIENCE_S)
    camera.close()


def lost(camera: Camera) -> str:
    """What is said of a camera from which nothing comes; it may also just say that."""
    try:
        assert camera.grab(0.01) is None
    except DeviceError as error:
        return str(error)
    return "camera 0 did not deliver in time"


def test_a_camera_that_is_unplugged_gives_no_old_frame_and_can_come_back(plugged: Plugged) -> None:
    plugged.open()
    plugged.film()
    plugged.unplug()

    assert lost(plugged.camera).startswith(plugged.name)
    plugged.camera.close()
    with pytest.raises(DeviceError, match=plugged.name):
        plugged.open()
    plugged.plug()
    plugged.open()
    plugged.film()
    assert grabbed(plugged.camera).any()


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        (Picamera2Camera, {"fps": 0}, "driver picamera2, options: .*fps"),
        (Picamera2Camera, {"focus": 1}, "driver picamera2, options: .*focus"),
        (Webcam, {"fps": 0}, "driver webcam, options: .*fps"),
        (Webcam, {"device": "0"}, "driver webcam, options: .*device"),
        (SimulatedCamera, {"stage": "nowhere"}, "camera: option stage must be host:port"),
    ],
)
def test_a_wrong_option_is_named(
    kind: type[Picamera2Camera | Webcam | SimulatedCamera], options: Mapping[str, object], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        kind(options, SystemClock())
