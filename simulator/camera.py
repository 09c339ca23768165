"""A camera that sees what the stage puts before it: the shop, or a phone somebody holds up."""

from __future__ import annotations

import queue
from collections.abc import Mapping

from kiosk.eye.ports import Luma
from runtime.clock import Clock
from runtime.errors import DeviceError, UnavailableError
from simulator.phone_image import Shop
from simulator.stage_link import StageLink, camera_options
from simulator.wire import HeldPhone, ToAdapter, View

FPS = 15.0  # what the kiosk asks of its real camera


class SimulatedCamera:
    """A Camera, driver `simulated`; option `fps` is how many frames a second it takes by itself.

    Besides them it takes those that the stage orders, at the very moment the stage names.
    """

    def __init__(self, options: Mapping[str, object], clock: Clock) -> None:
        camera_options(options)
        fps = options.get("fps", FPS)
        self._pause_s = 1 / float(fps) if isinstance(fps, int | float) and fps > 0 else 1 / FPS
        self._clock = clock
        self._options = options
        self._link: StageLink | None = None
        self._shop = Shop(seed=1)
        self._taken = 0
        self._phone: HeldPhone | None = None  # in the picture taken last
        self._ordered: queue.Queue[View] = queue.Queue()
        self._owes_answer = False

    def open(self) -> None:
        """Join the stage; DeviceError if there is none."""
        self._ordered, self._owes_answer = queue.Queue(), False
        link = StageLink(self._options, "camera", self._hear)
        try:
            link.open()
        except UnavailableError as error:
            raise DeviceError(str(error)) from error
        self._link = link

    def grab(self, timeout_s: float) -> Luma | None:
        """The next frame: one the stage has ordered, or else what is before the camera now."""
        if self._link is None:
            raise DeviceError("the simulated camera is not open")
        if self._owes_answer:  # the reader is back, so it has reported what it read
            self._owes_answer = False
            self._link.ack()
        self._taken += 1
        try:
            view = self._ordered.get(timeout=min(timeout_s, self._pause_s))
        except queue.Empty:
            return self._shop.frame(self._taken, self._clock.monotonic_s(), self._phone)
        self._owes_answer, self._phone = True, view.phone
        return self._shop.frame(self._taken, view.t_s, view.phone)

    def close(self) -> None:
        """Hang up; safe to call twice."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _hear(self, message: ToAdapter) -> bool:
        if not isinstance(message, View):
            return True
        self._ordered.put(message)
        return False  # `grab` answers
