"""A phone's claim of the code a kiosk shows: signed by the key that signs its member's passes.

The kiosk's screen carries `https://{shop}/k/{kiosk}/{code}`. The code is the session that begins
at that screen if a member's phone claims it: 64 random bits, new each minute, good once.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from msgspec import Meta, structs

from contract import codec, signatures
from contract.errors import ContractError
from contract.identifiers import KioskId, MemberId, SessionId
from contract.messages import Message
from contract.signatures import SigningKey

MAX_BYTES = 512  # the longest is 290; nothing longer is worth reading
DIGEST_DIGITS = 32  # of hex: 128 bits, more than the code has

Signature = Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]


class Claim(Message, frozen=True):
    """I, this member's phone, have read this code on that kiosk's screen: show my page there."""

    member: MemberId
    key_id: Annotated[int, Meta(ge=0, le=255)]
    kiosk: KioskId
    code: SessionId
    signature: Signature
    v: int = 1

    @property
    def signed(self) -> bytes:
        """What the signature covers. No pass and no arrival begins so."""
        words = (self.member, self.key_id, self.kiosk, self.code)
        return " ".join(["hien-screen-1", *map(str, words)]).encode()


def link(address: str, kiosk: str, code: str) -> str:
    """What the screen's QR code says; `address` is where phones find the gateway's pages."""
    return f"{address}/k/{kiosk}/{code}"


def digest(code: str) -> str:
    """What a kiosk tells of a code: whoever reads its state cannot claim it."""
    return sha256(f"hien screen code {code}".encode()).hexdigest()[:DIGEST_DIGITS]


def sign(key: SigningKey, unsigned: Claim) -> Claim:
    """The same claim with the signature of that key, whatever stood there before."""
    return structs.replace(unsigned, signature=signatures.sign(key, unsigned.signed).hex())


def read(data: bytes) -> Claim:
    """Take a claim apart without believing it; ContractError if it is none."""
    if len(data) > MAX_BYTES:
        raise ContractError("claim", f"longer than {MAX_BYTES} bytes")
    return codec.decode(Claim, data)


def is_genuine(claim: Claim, public_key: bytes) -> bool:
    """Whether the holder of the key said this; any wrong byte makes it False."""
    return signatures.is_signed(claim.signed, bytes.fromhex(claim.signature), public_key)
