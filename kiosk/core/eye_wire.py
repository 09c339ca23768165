"""What a kiosk and its eye say to each other: one packet each way. Pictures never travel.

The eye says something, the kiosk answers when it has had its consequences. A packet that is
anything else means that the eye is broken.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import DecodeError, Meta, Struct, ValidationError, json

from contract.errors import ContractError
from contract.events import PassText

MAX_PACKET_BYTES = 4_096  # the longest text with every character escaped is 1,000
TAKEN = b"k"  # the kiosk's answer to each packet

Options = dict[str, str | int | float | bool | list[str]]


class Orders(Struct, frozen=True, forbid_unknown_fields=True):
    """Kiosk → eye, first and once: which camera, and which clock tells it the time."""

    camera: str
    camera_options: Options
    clock: str
    clock_options: Options


class Sign(Struct, frozen=True, tag_field="eye", forbid_unknown_fields=True):
    """What an eye may say."""


class Beat(Sign, frozen=True, tag="beat"):
    """Eye → kiosk, twice a second: pictures come. `brightness` is the mean of the newest."""

    brightness: Annotated[float, Meta(ge=0, le=255)]
    has_changed: bool  # a sensor's noise alone changes every picture


class Read(Sign, frozen=True, tag="read"):
    """A code was read, in a frame grabbed at that stopwatch time, which is the machine's."""

    text: PassText
    grabbed_ms: Annotated[float, Meta(ge=0)]


class Lost(Sign, frozen=True, tag="lost"):
    """The camera is lost, in words, and the eye ends."""

    detail: Annotated[str, Meta(max_length=200)]


_encode = json.Encoder().encode
_signs: json.Decoder[Beat | Read | Lost] = json.Decoder(Beat | Read | Lost)
_orders = json.Decoder(Orders)


def encode(message: Orders | Sign) -> bytes:
    """As a packet."""
    return _encode(message)


def decode_sign(packet: bytes) -> Beat | Read | Lost:
    """What the eye says; ContractError if that is nothing an eye may say."""
    try:
        if len(packet) > MAX_PACKET_BYTES:
            raise ContractError("eye", f"a packet of more than {MAX_PACKET_BYTES} bytes")
        return _signs.decode(packet)
    except (ValidationError, DecodeError, UnicodeDecodeError) as error:
        raise ContractError("eye", str(error)) from error


def decode_orders(packet: bytes) -> Orders:
    """What the kiosk wants of an eye; ContractError if it cannot be understood."""
    try:
        return _orders.decode(packet)
    except (ValidationError, DecodeError, UnicodeDecodeError) as error:
        raise ContractError("orders", str(error)) from error
