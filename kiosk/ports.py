"""Where the kiosk meets hardware and network. A fake and a real adapter stand behind each.

What speaks of pictures is in `kiosk.eye.ports`: only the eye's process needs NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from contract.asks import Ask
from contract.events import ClockTrust, Record, Verdict
from contract.messages import KioskState
from contract.vitals import Vitals
from kiosk.core.clock_trust import Belief
from kiosk.core.inputs import Input, Language
from kiosk.core.screen import ScreenState

Put = Callable[[Input], None]
"""How an adapter reports: it puts an input in the one inbox and does nothing else."""


class Radio(Protocol):
    """Something that hears Bluetooth advertisements and puts `Heard`."""

    def start(self) -> None:
        """Begin to listen and return at once; trouble is put as `DeviceChanged`."""

    def stop(self) -> None:
        """Stop listening; safe to call twice."""


class Beacon(Protocol):
    """Something that says where this kiosk is, to phones that look for it."""

    def start(self) -> None:
        """Begin to advertise and return at once; a kiosk is whole without it."""

    def stop(self) -> None:
        """Advertise no more; safe to call twice."""


class Scanner(Protocol):
    """A code scanner beside the camera: it does its own reading, and sends texts."""

    def open(self) -> int:
        """Take it, and say which file descriptor to wait for; DeviceError if it is not there."""

    def texts(self, now_s: float) -> list[str]:
        """What it has read to the end since; never waits. DeviceError if it is lost."""

    def close(self) -> None:
        """Let go of it; safe to call twice."""


class Time(Protocol):
    """What time of day it is, and how far that may be believed."""

    @property
    def trust(self) -> ClockTrust:
        """How far, as of the last look."""

    @property
    def is_kept(self) -> bool:
        """Whether a restart will know that it is not earlier than it was at the last look."""

    def belief(self) -> Belief:
        """The time now."""

    def slots(self) -> range:
        """The slots whose passes are in time now; empty if nobody can say."""

    def look(self) -> None:
        """Compare the clocks again; called with every tick. DeviceError if the disk refuses."""


class Machine(Protocol):
    """The machine a kiosk runs on."""

    def vitals(self) -> Vitals:
        """How it is now; what it cannot say is None. Fast enough for the main thread."""


class Panel(Protocol):
    """Light ring and buzzer around the screen."""

    def invite(self) -> None:
        """Breathe slowly: come closer."""

    def answer(self, verdict: Verdict) -> None:
        """Say by light and sound what came of a code."""

    def close(self) -> None:
        """Dark and silent, and let go of what it is made of; safe to call twice."""


class Voice(Protocol):
    """Something that can read words aloud."""

    @property
    def is_there(self) -> bool:
        """Whether it can speak at all on this machine."""

    def speak(self, text: str, language: Language) -> bytes:
        """The words as sound, a whole WAV file; DeviceError if it cannot. Takes its time."""


class Switch(Protocol):
    """A button, a sensor, a contact."""

    def is_on(self) -> bool:
        """Whether it is on at this very moment; DeviceError if it cannot be read."""

    def close(self) -> None:
        """Let go of the line."""


class Door(Protocol):
    """The door process on this machine. It takes what was read and decides; nobody opens it."""

    def show(self, text: str) -> None:
        """Show it what the camera read; the answer is put as `DoorAnswered`."""

    def pass_order(self, sealed: bytes) -> None:
        """Pass on an order from the gateway; the answer is put as `DoorAnswered`."""

    def kept(self, record: Record) -> None:
        """A record that was put as `DoorRecorded` is in the outbox: the next may come."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that the broker did not take."""

    envelope: bytes
    why: str
    is_for_good: bool  # it would never take this one


class Uplink(Protocol):
    """The way to the gateway. It may lose anything; receipts repair that."""

    def publish(self, envelope: bytes) -> None:
        """Hand one event to the network and return at once; does nothing if it is on its way."""

    def refused(self) -> Sequence[Refused]:
        """What the broker has refused since it was last asked."""

    def publish_state(self, state: KioskState) -> None:
        """Say how the kiosk is; the latest word stays for whoever asks."""


class Asker(Protocol):
    """The way to the gateway for what is kept nowhere."""

    def ask(self, asked: Ask) -> bool:
        """Hand it to the network; False if there is none just now, and then it never goes."""


class ScreenFeed(Protocol):
    """The browser's side of the screen."""

    def show(self, state: ScreenState) -> None:
        """Paint this state on every connected page; returns at once."""
