"""What a member's app says when it hears a kiosk's beacon: signed by the key that signs passes.

JSON, at most a kilobyte. A phone in a pocket cannot be heard, but it can hear.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, structs

from contract import codec, signatures
from contract.errors import ContractError
from contract.events import UnixMs
from contract.identifiers import MemberId
from contract.messages import Message
from contract.signatures import SigningKey

MAX_BYTES = 1_024  # the longest is 400; nothing longer is worth reading

Nonce = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Identity = Annotated[str, Meta(pattern="^[0-9a-z:-]{1,80}$")]
Signature = Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]


class Arrival(Message, frozen=True):
    """I, this member's phone, heard this beacon at that time."""

    member: MemberId
    key_id: Annotated[int, Meta(ge=0, le=255)]
    beacon: Identity  # as contract.messages.KioskState.beacon
    heard_ms: UnixMs
    nonce: Nonce  # random, new with each arrival
    signature: Signature
    v: int = 1

    @property
    def signed(self) -> bytes:
        """What the signature covers. It begins with a letter, and what a pass signs does not."""
        words = (self.member, self.key_id, self.beacon, self.heard_ms, self.nonce)
        return " ".join(["hien-arrival-1", *map(str, words)]).encode()


def sign(key: SigningKey, unsigned: Arrival) -> Arrival:
    """The same arrival with the signature of that key, whatever stood there before."""
    return structs.replace(unsigned, signature=signatures.sign(key, unsigned.signed).hex())


def read(data: bytes) -> Arrival:
    """Take an arrival apart without believing it; ContractError if it is none."""
    if len(data) > MAX_BYTES:
        raise ContractError("arrival", f"longer than {MAX_BYTES} bytes")
    return codec.decode(Arrival, data)


def is_genuine(arrival: Arrival, public_key: bytes) -> bool:
    """Whether the holder of the key said this; any wrong byte makes it False."""
    return signatures.is_signed(arrival.signed, bytes.fromhex(arrival.signature), public_key)
