"""Light ring, buzzer, door lock and switches on GPIO pins by gpiozero, which only this imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from typing import Annotated, Literal

from gpiozero import PWMLED, Buzzer, DigitalOutputDevice, Factory, GPIOZeroError, InputDevice
from msgspec import Meta, Struct

from contract.events import Verdict
from kiosk.adapters import options as driver_options
from runtime.errors import DeviceError, SettingsError, UnavailableError

BREATH_S = 1.5  # half a breath: as slow as somebody at rest
FLASH_S = 0.4  # long enough to be seen out of the corner of an eye
BEEP_S = 0.12  # a scan's answer, not an alarm
WELCOME = (Verdict.GOOD, Verdict.UNVERIFIED)

PULLED_UP_AT_BOOT = range(9)  # BCM2835 ARM Peripherals, table 6-31: GPIO0 to 8 start pulled up

Pin = Annotated[int, Meta(ge=0, le=27)]  # BCM numbers on the 40-pin header


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Which BCM pins things hang on."""

    light: Pin
    buzzer: Pin


class GpioPanel:
    """A Panel on two pins."""

    def __init__(self, options: Mapping[str, object]) -> None:
        pins = driver_options.read(Options, "gpiozero", options)
        self._what = f"light on GPIO{pins.light}, buzzer on GPIO{pins.buzzer}"
        with _explained(self._what):
            self._light = PWMLED(pins.light)
            try:
                self._buzzer = Buzzer(pins.buzzer)
            except BaseException:
                self._light.close()  # or its pin stays taken
                raise

    def invite(self) -> None:
        """Breathe slowly: come closer."""
        with _explained(self._what):
            self._light.off()  # a thread pulses, and would keep to itself that the pin is lost
            self._light.pulse(fade_in_time=BREATH_S, fade_out_time=BREATH_S)

    def answer(self, verdict: Verdict) -> None:
        """One flash and one beep for yes, three of each for no."""
        times = 1 if verdict in WELCOME else 3
        with _explained(self._what):
            self._light.off()
            self._buzzer.off()
            self._light.blink(on_time=FLASH_S / times, off_time=FLASH_S / times, n=times)
            self._buzzer.beep(on_time=BEEP_S, off_time=BEEP_S, n=times)

    def close(self) -> None:
        """Dark and silent, and let go of the pins; safe to call twice."""
        with _explained(self._what):
            for one in (self._light, self._buzzer):
                if not one.closed:
                    one.off()
                one.close()


class LockOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the lock's driver board hangs. `active_high` is there to be refused."""

    pin: Pin
    active_high: bool = True
    pin_factory: str = "lgpio"


class GpioLock:
    """A Lock on one pin, through a driver board that energises the strike while the pin is high."""

    def __init__(self, options: Mapping[str, object]) -> None:
        """Take the line and hold it low. SettingsError for wiring that would open the door."""
        told = driver_options.read(LockOptions, "gpiozero", options)
        _refuse_traps(told)
        self._what = f"lock on GPIO{told.pin}"
        self._factory = _pin_factory(told.pin_factory)
        with _explained(self._what):
            # initial_value, because gpiozero otherwise keeps whatever the line was
            self._strike = DigitalOutputDevice(
                told.pin, active_high=True, initial_value=False, pin_factory=self._factory
            )

    def release(self) -> None:
        """The line goes high."""
        with _explained(self._what):
            self._strike.on()

    def secure(self) -> None:
        """The line goes low."""
        with _explained(self._what):
            self._strike.off()

    def close(self) -> None:
        """Low, then an input; only closing the factory lets another process take the line."""
        with _explained(self._what):
            if not self._strike.closed:
                self._strike.off()
            self._strike.close()
            self._factory.close()


class SwitchOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A switch between a pin and ground. For a door's contact choose `open`: a cut wire alarms."""

    pin: Pin
    on_when: Literal["open", "closed"]
    pin_factory: str = "lgpio"


class GpioSwitch:
    """A Switch on one pin, pulled up inside the Raspberry Pi."""

    def __init__(self, options: Mapping[str, object]) -> None:
        told = driver_options.read(SwitchOptions, "gpiozero", options)
        self._what = f"switch on GPIO{told.pin}"
        self._is_on_when_closed = told.on_when == "closed"
        self._factory = _lasting_pin_factory(told.pin_factory)
        with _explained(self._what):
            self._line = InputDevice(told.pin, pull_up=True, pin_factory=self._factory)

    def is_on(self) -> bool:
        """Whether the circuit is as `on_when` says."""
        with _explained(self._what):
            is_closed = bool(self._line.is_active)  # pulled up: active means drawn to ground
        return is_closed == self._is_on_when_closed

    def close(self) -> None:
        """Let go of the line, so that it can be taken again; safe to call twice."""
        with _explained(self._what):
            self._line.close()


def _refuse_traps(told: LockOptions) -> None:
    if not told.active_high:
        raise SettingsError(
            "driver gpiozero: active_high = false cannot drive a door. A relay board that is active"
            " when the pin is low is energised for a moment at every start, and for as long as"
            " nothing drives the pin. Use a driver that is active when the pin is high, with a"
            " resistor of 10 kΩ from the pin to ground"
        )
    if told.pin in PULLED_UP_AT_BOOT:
        raise SettingsError(
            f"driver gpiozero: GPIO{told.pin} is pulled up while a Raspberry Pi starts, which"
            " releases the lock. Use one of GPIO9 to GPIO27, which are pulled down"
        )


@cache
def _lasting_pin_factory(name: str) -> Factory:
    """One for all switches, however often they are taken anew: each opens the chip.

    Never closed: that would let go of all pins of the process, whichever factory they came from.
    """
    return _pin_factory(name)


def _pin_factory(name: str) -> Factory:
    """The pin library asked for and no other.

    gpiozero would try the next one if it is missing, and they differ in what becomes of a line
    when its process ends.
    """
    found = {point.name: point for point in entry_points(group="gpiozero_pin_factories")}
    if name not in found:
        names = ", ".join(sorted(found))
        raise SettingsError(f"driver gpiozero: pin_factory {name!r} is none of {names}")
    try:
        kind = found[name].load()
    except (ImportError, AttributeError) as error:  # a wheel without the library has no attributes
        raise UnavailableError(
            f"pin library {name} cannot be loaded ({error}); no other is tried instead."
            " On Raspberry Pi OS: sudo apt install python3-lgpio"
        ) from error
    with _explained(f"pin library {name}"):
        return kind()


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn gpiozero's and lgpio's errors into ours."""
    try:
        yield
    except (GPIOZeroError, OSError) as error:
        raise DeviceError(f"{what}: {error}") from error
    except Exception as error:
        if type(error).__module__ != "lgpio":  # its error is no subclass of anything
            raise
        raise DeviceError(f"{what}: {error}") from error
