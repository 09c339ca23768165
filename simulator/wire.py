"""What the stage and the simulated adapters say to each other: one JSON object a line, over TCP.

Inside the demo only, on loopback; not part of the product's contract.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

MAX_LINE_BYTES = 1 << 20  # a busy half second of radio is 20 kB

Wants = Literal["clock", "radio", "camera", "contact", "exit", "beam"]


class Join(Struct, frozen=True, tag="join"):
    """Adapter → stage, first: who I am."""

    kiosk: str
    wants: Wants
    pid: int  # of a gateway there are several processes, each with a clock


class Welcome(Struct, frozen=True, tag="welcome"):
    """Stage → adapter, first: what time it is, and when the shop's time began."""

    t_s: float
    origin_unix_s: float


class Beat(Struct, frozen=True, tag="beat"):
    """Stage → clock: time has passed. Answered when everything that follows from it is done."""

    t_s: float


class Jump(Struct, frozen=True, tag="jump"):
    """Stage → clock: the time of day jumps, as if the shop's time had begun then.

    The stopwatch goes on.
    """

    origin_unix_s: float


class Wave(Struct, frozen=True, array_like=True):
    """One advertisement as this kiosk's antenna received it."""

    at_s: float
    payload: bytes
    rssi_dbm: int


class Waves(Struct, frozen=True, tag="waves"):
    """Stage → radio: what was on the air. Answered when all of it is in the inbox."""

    waves: list[Wave]


class HeldPhone(Struct, frozen=True):
    """A phone before the camera: what it shows and how it is held."""

    text: str
    since_s: float  # since when it is held still enough to be called held
    far_mm: float
    right_mm: float  # of the middle of the picture
    down_mm: float
    turn_deg: float
    tilt_deg: float
    glow: float  # brightness of the phone's screen, 0 to 1
    room: float  # brightness of the room, 0 to 1


class View(Struct, frozen=True, tag="view"):
    """Stage → camera: take a picture of this.

    Answered when the reader asks for the next one, so that time cannot outrun the reader.
    """

    t_s: float
    phone: HeldPhone | None = None


class Wire(Struct, frozen=True, tag="wire"):
    """Stage → a wire of a door: it is on or off from now on.

    Answered when the door has looked at it twice, so that the first look has had its consequences.
    """

    is_on: bool


class Ack(Struct, frozen=True, tag="ack"):
    """Adapter → stage: the last message has had its consequences."""


ToAdapter = Welcome | Beat | Jump | Waves | View | Wire
ToStage = Join | Ack
