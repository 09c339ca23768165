"""The camera's thread: grabs frames, reads codes, and says so. It keeps no picture.

A lost camera is said once and tried again until it is back; nothing else of the kiosk waits.
"""

from __future__ import annotations

import logging
import threading

from contract.events import Condition, Device
from kiosk.adapters.motion_gate import Look, MotionGate
from kiosk.core.inputs import CodeRead, DeviceChanged
from kiosk.ports import Camera, CodeReader, Luma, Put
from runtime.clock import Clock, stopwatch_ms
from runtime.errors import DeviceError

FRAME_WITHIN_S = 2.0  # at 15 frames a second thirty are missing: the camera is lost
FIRST_RETRY_S, LAST_RETRY_S = 1.0, 30.0  # a camera that hangs is not helped by haste

log = logging.getLogger(__name__)


class Scanner:
    """One camera and one reader, in a thread named `camera`."""

    def __init__(self, camera: Camera, reader: CodeReader, put: Put, clock: Clock) -> None:
        self._camera = camera
        self._reader = reader
        self._put = put
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera")

    def start(self) -> None:
        """Begin to look for codes and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop within one frame's wait; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while not self._stopping.is_set():
            try:
                self._watch()
            except DeviceError as error:
                self._put(DeviceChanged(Device.CAMERA, Condition.OUT, str(error)))
                self._stopping.wait(retry_s)
                retry_s = min(2 * retry_s, LAST_RETRY_S)
            finally:
                self._camera.close()

    def _watch(self) -> None:
        """Read until told to stop; DeviceError if the camera is lost."""
        self._camera.open()
        gate = MotionGate()
        has_seen = False
        while not self._stopping.is_set():
            frame = self._camera.grab(FRAME_WITHIN_S)
            grabbed_ms = stopwatch_ms()
            if frame is None:
                if self._stopping.is_set():
                    return
                raise DeviceError(f"no frame for {FRAME_WITHIN_S:.0f} s: check the camera's cable")
            if not has_seen:
                has_seen = True
                self._put(DeviceChanged(Device.CAMERA, Condition.OK))
            for text in self._texts(frame, gate.look(frame, self._clock.monotonic_s())):
                self._put(CodeRead(text, grabbed_ms))

    def _texts(self, frame: Luma, look: Look) -> list[str]:
        match look:
            case Look.NONE:
                return []
            case Look.GLANCE:
                return self._reader.glance(frame)
            case Look.READ:
                return self._reader.read(frame)
