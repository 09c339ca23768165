"""The camera's thread: what it reads, and what it does when the camera goes and comes."""

from __future__ import annotations

from queue import Queue

import numpy as np
import pytest

from contract.events import Condition, Device
from kiosk.adapters import scanner
from kiosk.adapters.scanner import Scanner
from kiosk.core.inputs import CodeRead, DeviceChanged, Input
from kiosk.ports import Luma
from runtime.clock import SystemClock
from runtime.errors import DeviceError
from tests.waiting import until

FRAME = np.zeros((48, 64), np.uint8)


class ScriptedCamera:
    """Gives what the script says; an exception in it is raised, and the script goes on after."""

    def __init__(self, *script: Luma | DeviceError | None) -> None:
        self.script = list(script)
        self.opened = self.closed = 0

    def open(self) -> None:
        self.opened += 1

    def grab(self, timeout_s: float) -> Luma | None:
        step = self.script.pop(0) if self.script else FRAME
        if isinstance(step, DeviceError):
            raise step
        return step

    def close(self) -> None:
        self.closed += 1


class OneText:
    """Reads the same text in every frame."""

    def read(self, frame: Luma) -> list[str]:
        return ["hello"]


def run(camera: ScriptedCamera) -> tuple[Scanner, Queue[Input]]:
    inputs: Queue[Input] = Queue()
    made = Scanner(camera, OneText(), inputs.put, SystemClock())
    made.start()
    return made, inputs


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "FIRST_RETRY_S", 0.01)


def test_a_code_is_put_with_the_time_its_frame_was_grabbed() -> None:
    made, inputs = run(ScriptedCamera())

    assert inputs.get(timeout=15) == DeviceChanged(Device.CAMERA, Condition.OK)
    read = inputs.get(timeout=15)
    made.stop()

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
    trouble: DeviceError | None, says: str
) -> None:
    camera = ScriptedCamera(FRAME, trouble)
    made, inputs = run(camera)
    seen: list[Input] = []

    def is_back() -> bool:
        seen.append(inputs.get(timeout=15))
        changes = [one for one in seen if isinstance(one, DeviceChanged)]
        return [one.condition for one in changes] == [Condition.OK, Condition.OUT, Condition.OK]

    until(is_back, "the camera is back")
    made.stop()

    (out,) = [one for one in seen if isinstance(one, DeviceChanged) and one.detail]
    assert says in out.detail
    assert (camera.opened, camera.closed) == (2, 2)


def test_stopping_twice_is_once() -> None:
    made, _ = run(ScriptedCamera())
    made.stop()
    made.stop()
