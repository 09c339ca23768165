"""What an eye says of what it sees."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.core.eye_wire import Beat, Read
from kiosk.eye.looking import Pulse, Sight, look
from kiosk.eye.ports import Luma
from runtime.errors import DeviceError
from tests.fakes import FakeClock

FRAME = np.full((48, 64), 90, np.uint8)


class EnoughError(Exception):
    """The script is at its end."""


class ScriptedCamera:
    """Gives what the script says, 15 times a second."""

    def __init__(self, clock: FakeClock, *script: Luma | DeviceError | None) -> None:
        self.script = list(script)
        self.clock = clock
        self.did: list[str] = []

    def open(self) -> None:
        self.did.append("open")

    def grab(self, timeout_s: float) -> Luma | None:
        if not self.script:
            raise EnoughError
        self.clock.advance(1 / 15)
        step = self.script.pop(0)
        if isinstance(step, DeviceError):
            raise step
        return step

    def close(self) -> None:
        self.did.append("close")


class OneText:
    """Reads the same text in every frame, and counts them."""

    def __init__(self) -> None:
        self.frames = self.glances = 0

    def read(self, frame: Luma) -> list[str]:
        self.frames += 1
        return ["read"]

    def glance(self, frame: Luma) -> list[str]:
        self.glances += 1
        return ["glanced"]


def looked(*script: Luma | DeviceError | None) -> tuple[list[Beat | Read], OneText, list[str], str]:
    clock, told, reader = FakeClock(), list[Beat | Read](), OneText()
    camera = ScriptedCamera(clock, *script)
    ended = ""
    try:
        look(Sight(camera, reader, clock), told.append)
    except DeviceError as error:
        ended = str(error)
    except EnoughError:
        ended = "enough"
    return told, reader, camera.did, ended


def test_a_code_is_said_with_the_time_its_frame_was_grabbed() -> None:
    told, _, did, ended = looked(FRAME)

    assert (did, ended) == (["open", "close"], "enough")
    assert told[0] == Beat(90.0, has_changed=True)
    assert isinstance(told[1], Read)
    assert told[1].text == "glanced"
    assert told[1].grabbed_ms > 0


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        pytest.param(None, "no frame for 2 s: check the camera's cable", id="no frame"),
        pytest.param(DeviceError("the camera is gone"), "the camera is gone", id="unplugged"),
    ],
)
def test_a_lost_camera_is_closed_and_said_in_words(trouble: DeviceError | None, says: str) -> None:
    _, _, did, ended = looked(FRAME, trouble, FRAME)

    assert (did, ended) == (["open", "close"], says)


def test_what_moves_is_read_with_all_effort_and_an_empty_shop_costs_a_glance_a_second() -> None:
    _, still, _, _ = looked(*[FRAME] * 150)
    _, moved, _, _ = looked(*[FRAME] * 5, *[FRAME + 100] * 15)

    assert still.frames == 0
    assert 9 <= still.glances <= 11
    assert moved.frames == 15


def beats(*frames_and_ms: tuple[Luma, float]) -> list[Beat | None]:
    pulse = Pulse()
    return [pulse.feel(frame, at_ms) for frame, at_ms in frames_and_ms]


def test_a_pulse_beats_at_once_and_then_twice_a_second() -> None:
    found = beats(*[(FRAME, 1000.0 + 100 * n) for n in range(11)])

    assert [n for n, one in enumerate(found) if one] == [0, 5, 10]


def test_a_beat_says_whether_any_picture_since_the_last_was_another() -> None:
    other = FRAME.copy()
    other[0, 0] += 1
    found = beats((FRAME, 0), (other, 100), (FRAME, 500), (FRAME, 600), (FRAME, 1000))

    assert [one.has_changed for one in found if one] == [True, True, False]


def test_a_beat_says_how_bright_the_newest_picture_is() -> None:
    found = beats((FRAME, 0), (FRAME // 2, 500))

    assert [one.brightness for one in found if one] == [90.0, 45.0]
