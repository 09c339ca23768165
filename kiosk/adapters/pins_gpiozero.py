"""Light ring and buzzer on GPIO pins by gpiozero; the only file that imports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from gpiozero import PWMLED, Buzzer, GPIOZeroError
from msgspec import Meta, Struct

from contract.events import Verdict
from kiosk.adapters import options as driver_options
from runtime.errors import DeviceError

BREATH_S = 1.5  # half a breath: as slow as somebody at rest
FLASH_S = 0.4  # long enough to be seen out of the corner of an eye
BEEP_S = 0.12  # a scan's answer, not an alarm
WELCOME = (Verdict.GOOD, Verdict.UNVERIFIED)

Pin = Annotated[int, Meta(ge=0, le=27)]  # BCM numbers on the 40-pin header


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Which BCM pins things hang on."""

    light: Pin
    buzzer: Pin


class GpioPanel:
    """A Panel on two pins."""

    def __init__(self, options: Mapping[str, object]) -> None:
        pins = driver_options.read(Options, "gpiozero", options)
        try:
            self._light = PWMLED(pins.light)
            self._buzzer = Buzzer(pins.buzzer)
        except GPIOZeroError as error:
            raise DeviceError(
                f"light on GPIO{pins.light}, buzzer {pins.buzzer}: {error}"
            ) from error

    def invite(self) -> None:
        """Breathe slowly: come closer."""
        self._light.pulse(fade_in_time=BREATH_S, fade_out_time=BREATH_S)

    def answer(self, verdict: Verdict) -> None:
        """One flash and one beep for yes, three of each for no."""
        times = 1 if verdict in WELCOME else 3
        self._light.blink(on_time=FLASH_S / times, off_time=FLASH_S / times, n=times)
        self._buzzer.beep(on_time=BEEP_S, off_time=BEEP_S, n=times)

    def off(self) -> None:
        """Dark and silent; safe to call twice."""
        self._light.off()
        self._buzzer.off()
