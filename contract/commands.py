"""What a person at the console may order a device to do: sealed, short-lived, good for one use.

Nothing here is trusted because of the way it came; a broker that is broken into opens no door.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta

from contract import codec
from contract.errors import ContractError
from contract.events import VERSION, SubjectId, UnixMs
from contract.identifiers import KioskId, StoreId
from contract.messages import Message
from contract.sealed import Purpose, seal, unseal

LIFE_MS = 5_000  # long enough for a slow network, too short to be kept for later
MAX_COMMAND_BYTES = 1_024  # sealed; the longest takes 480


class Deed(StrEnum):
    """What can be ordered."""

    OPEN_DOOR = "open_door"
    IDENTIFY = "identify"  # a kiosk says on its screen and with its light which one it is
    LOOK = "look"  # a kiosk sends a picture of its screen, if nobody is served there
    CLOSE = "close"  # a kiosk says that the shop is closed, until it is told otherwise
    OPEN = "open"  # it goes by the shop's hours again
    RESTART = "restart"  # a kiosk's process ends, and is started anew


class Command(Message, frozen=True):
    """One order to one device."""

    deed: Deed
    store: StoreId
    device: KioskId  # the kiosk or the door
    nonce: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]  # random; a device obeys it once
    at_ms: UnixMs
    until_ms: UnixMs
    staff: SubjectId  # who ordered it, for the record
    v: int = VERSION


def make(key: Ed25519PrivateKey, key_id: int, command: Command) -> bytes:
    """An order ready to send; ContractError if it would be valid for too long."""
    _check_life(command)
    return seal(key, key_id, Purpose.COMMAND, codec.encode(command))


def read(keys: Mapping[int, bytes], data: bytes) -> Command:
    """An order that is genuine and short-lived; ContractError names what is wrong with it.

    Whether it is for this device, in time and not used before is the reader's to decide.
    """
    if len(data) > MAX_COMMAND_BYTES:
        raise ContractError("command", f"{len(data)} bytes; at most {MAX_COMMAND_BYTES}")
    command = codec.decode(Command, unseal(keys, Purpose.COMMAND, data))
    _check_life(command)
    return command


def _check_life(command: Command) -> None:
    if not 0 <= command.until_ms - command.at_ms <= LIFE_MS:
        raise ContractError("until_ms", f"an order lives from 0 to {LIFE_MS} ms")
