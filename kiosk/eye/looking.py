"""An eye's main path: a frame, a glance or a read, a word to the kiosk. It keeps no picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from kiosk.adapters.motion_gate import EVERY, Look, MotionGate
from kiosk.core.eye_wire import Beat, Read
from kiosk.eye.ports import Camera, CodeReader, Luma
from runtime.clock import Clock, stopwatch_ms
from runtime.errors import DeviceError

FRAME_WITHIN_S = 2.0  # at 15 frames a second thirty are missing: the camera is lost
BEATS_EVERY_MS = 500.0  # real time, as a hang is: a simulated clock may stand still

Tell = Callable[[Beat | Read], None]
"""Says something to the kiosk, and returns when it has had its consequences."""


@dataclass(frozen=True)
class Sight:
    """What an eye has."""

    camera: Camera
    reader: CodeReader
    clock: Clock


def look(sight: Sight, tell: Tell) -> None:
    """Read codes for ever; DeviceError if the camera is lost. `tell` ends it by raising."""
    gate, pulse = MotionGate(), Pulse()
    sight.camera.open()
    try:
        while True:
            frame = sight.camera.grab(FRAME_WITHIN_S)
            grabbed_ms = stopwatch_ms()
            if frame is None:
                raise DeviceError(f"no frame for {FRAME_WITHIN_S:.0f} s: check the camera's cable")
            beat = pulse.feel(frame, grabbed_ms)
            if beat is not None:
                tell(beat)
            for text in texts(sight.reader, frame, gate.look(frame, sight.clock.monotonic_s())):
                tell(Read(text, grabbed_ms))
    finally:
        sight.camera.close()


def texts(reader: CodeReader, frame: Luma, effort: Look) -> list[str]:
    """What a frame says, read with the effort it is worth."""
    match effort:
        case Look.NONE:
            return []
        case Look.GLANCE:
            return reader.glance(frame)
        case Look.READ:
            return reader.read(frame)


class Pulse:
    """When to say that pictures come, and whether they change."""

    def __init__(self) -> None:
        self._said_ms: float | None = None
        self._print = 0  # of the last frame
        self._has_changed = False  # since the last beat

    def feel(self, frame: Luma, now_ms: float) -> Beat | None:
        """Take a frame in; a beat if one is due."""
        small = frame[::EVERY, ::EVERY]
        print_ = crc32(small.tobytes())
        self._has_changed |= print_ != self._print
        self._print = print_
        if self._said_ms is not None and now_ms - self._said_ms < BEATS_EVERY_MS:
            return None
        beat = Beat(float(small.mean()), self._has_changed)
        self._said_ms, self._has_changed = now_ms, False
        return beat
