"""The camera's thread: what it reads, and what it does when the camera goes and comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Queue

import numpy as np
import pytest

from contract.events import Condition, Device
from kiosk.adapters import scanner
from kiosk.adapters.scanner import Scanner
from kiosk.core.inputs import CodeRead, DeviceChanged, Input
from kiosk.ports import Luma
from runtime.errors import DeviceError
from tests.fakes import FakeClock
from tests.waiting import PATIENCE_S, until

FRAME = np.zeros((48, 64), np.uint8)


class ScriptedCamera:
    """Gives what the script says, 15 times a second; then time stands still."""

    def __init__(self, *script: Luma | DeviceError | None) -> None:
        self.script = list(script)
        self.clock = FakeClock()
        self.opened = self.closed = 0

    def open(self) -> None:
        self.opened += 1

    def grab(self, timeout_s: float) -> Luma | None:
        if not self.script:
            return FRAME
        self.clock.advance(1 / 15)
        step = self.script.pop(0)
        if isinstance(step, DeviceError):
            raise step
        return step

    def close(self) -> None:
        self.closed += 1


class OneText:
    """Reads the same text in every frame, and counts them."""

    def __init__(self) -> None:
        self.frames = self.glances = 0

    def read(self, frame: Luma) -> list[str]:
        self.frames += 1
        return ["hello"]

    def glance(self, frame: Luma) -> list[str]:
        self.glances += 1
        return ["hello"]


Start = Callable[[ScriptedCamera, OneText], Queue[Input]]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts scanners in haste, and stops them even if the test fails."""
    monkeypatch.setattr(scanner, "FIRST_RETRY_S", 0.01)
    started: list[Scanner] = []

    def start(camera: ScriptedCamera, reader: OneText) -> Queue[Input]:
        inputs: Queue[Input] = Queue()
        started.append(Scanner(camera, reader, inputs.put, camera.clock))
        started[-1].start()
        return inputs

    yield start
    for one in started:
        one.stop()
        one.stop()  # safe to call twice


def test_a_code_is_put_with_the_time_its_frame_was_grabbed(start: Start) -> None:
    inputs = start(ScriptedCamera(), OneText())

    assert inputs.get(timeout=PATIENCE_S) == DeviceChanged(Device.CAMERA, Condition.OK)
    read = inputs.get(timeout=PATIENCE_S)

    assert isinstance(read, CodeRead)
    assert read.text == "hello"
    assert read.grabbed_ms > 0


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        pytest.param(None, "no frame for 2 s", id="no frame"),
        pytest.param(DeviceError("the camera is gone"), "the camera is gone", id="unplugged"),
    ],
)
def test_a_lost_camera_is_said_in_words_and_opened_again(
    start: Start, trouble: DeviceError | None, says: str
) -> None:
    camera = ScriptedCamera(FRAME, trouble)
    inputs = start(camera, OneText())
    changes: list[DeviceChanged] = []
    while len(changes) < 3:
        seen = inputs.get(timeout=PATIENCE_S)
        if isinstance(seen, DeviceChanged):
            changes.append(seen)

    assert [one.condition for one in changes] == [Condition.OK, Condition.OUT, Condition.OK]
    assert says in changes[1].detail
    assert (camera.opened, camera.closed) == (2, 1)


def test_what_moves_is_read_with_all_effort(start: Start) -> None:
    camera, reader = ScriptedCamera(*[FRAME] * 5, *[FRAME + 200] * 15), OneText()
    start(camera, reader)
    until(lambda: not camera.script, "a second of frames is taken")

    assert reader.frames >= 14


def test_an_empty_shop_is_read_now_and_then_only(start: Start) -> None:
    camera, reader = ScriptedCamera(*[FRAME] * 150), OneText()
    start(camera, reader)
    until(lambda: not camera.script, "ten seconds of frames are taken")

    assert reader.frames == 0
    assert 9 <= reader.glances <= 11  # one a second, with the least effort
