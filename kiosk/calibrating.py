"""Measures one receiver with a tag that somebody holds one metre before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

from contract.events import Condition
from kiosk.core.advertisement import decode
from kiosk.core.calibration import LEAST_READINGS, ImplausibleError, level_dbm
from kiosk.core.inputs import DeviceChanged, Heard, Input
from kiosk.ports import Radio
from kiosk.receivers.radio import Foreign, ForeignRadio
from kiosk.settings import KioskSettings
from runtime.clock import Clock, SystemClock
from runtime.drivers import load
from runtime.errors import SettingsError, UnavailableError
from runtime.inbox import Inbox

INBOX = 2_000
LOOK_S = 0.25

Readings = Mapping[str, Sequence[float]]  # dBm, by the identity that a tag is registered under


class Measured(NamedTuple):
    """How loud a tag is one metre away from a receiver."""

    receiver: str
    tag: str  # its identity
    level_dbm: float
    readings: int


def measure(settings: KioskSettings, receiver: str, tag: str | None, seconds: float) -> Measured:
    """Listen with one receiver of a kiosk.

    Raises SettingsError if the kiosk has no such receiver, UnavailableError if nothing plausible
    was heard.
    """
    clock, inbox = SystemClock(), Inbox[Input](INBOX)
    with ExitStack() as stack:
        stack.callback(inbox.close)
        if receiver == settings.kiosk:
            driver = settings.radio
            radio: Radio = load("hien.radios", driver.driver)(driver.options, inbox.put, clock)
            radio.start()
            stack.callback(radio.stop)
        else:
            others = ForeignRadio(
                f"{settings.store}-{settings.kiosk}-calibrate",
                [_foreign(settings, receiver)],
                inbox.put,
                clock,
            )
            others.open(settings.boards.host, settings.boards.port)
            stack.callback(others.close)
        readings = collect(inbox, clock, seconds)
    return judged(receiver, tag, readings)


def collect(inbox: Inbox[Input], clock: Clock, seconds: float) -> Readings:
    """Everything heard of every tag for so long; UnavailableError if the radio fails."""
    readings: dict[str, list[float]] = defaultdict(list)
    until_s = clock.monotonic_s() + seconds
    while clock.monotonic_s() < until_s:
        happened = inbox.take(LOOK_S)
        if isinstance(happened, Heard):
            for beacon in decode(happened.advertisement):
                if beacon.identity is not None:
                    readings[beacon.identity].append(happened.advertisement.rssi_dbm)
        elif isinstance(happened, DeviceChanged) and happened.condition is Condition.OUT:
            raise UnavailableError(happened.detail)
    return readings


def judged(receiver: str, tag: str | None, readings: Readings) -> Measured:
    """What the readings say of that tag, or of the loudest; UnavailableError says why nothing."""
    held = tag or _loudest(readings)
    if held is None:
        raise UnavailableError(
            f"{receiver}: no tag was heard {LEAST_READINGS} times; hold one for longer"
        )
    try:
        level = level_dbm(readings.get(held, ()))
    except ImplausibleError as error:
        raise UnavailableError(f"{receiver}: {held}: {error}") from error
    return Measured(receiver, held, level, len(readings[held]))


def _loudest(readings: Readings) -> str | None:
    often = {tag: dbm for tag, dbm in readings.items() if len(dbm) >= LEAST_READINGS}
    return max(often, key=lambda tag: median(often[tag]), default=None)


def _foreign(settings: KioskSettings, receiver: str) -> Foreign:
    for one in settings.receivers:
        if one.name == receiver:
            return Foreign(one.name, one.kind, one.id)
    names = ", ".join([settings.kiosk, *(one.name for one in settings.receivers)])
    raise SettingsError(f"there is no receiver {receiver!r}; there are {names}")
