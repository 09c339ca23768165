"""The QR text a member shows: made by the shopper's own key, checked with the public half.

`MD1:` and base45 of 78 bytes: header 1, key id 1, member 6, slot 4, store 2, signature 64.
A QR code of version 5 holds it, which a phone shows well and a camera reads at arm's length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from struct import Struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract import base45
from contract.errors import ContractError

PREFIX = "MD1:"
SLOT_S = 15  # a new pass every 15 s, so a screenshot is worthless within a minute
OLDEST_SLOT, NEWEST_SLOT = -2, 1  # accepted against the checker's own slot: up to 60 s in all
ED25519 = 0x01  # the header byte: a member pass signed with Ed25519
ANY_STORE = 0  # a pass that is good in every store of the chain

_FIELDS = Struct(">BB6sIH64s")
_SIGNED_BYTES = _FIELDS.size - 64
_TEXT = re.compile(r"MD1:[0-9A-Z $%*+\-./:]{117}")


@dataclass(frozen=True, slots=True)
class MemberPass:
    """What a member pass says, and the signature over it."""

    key_id: int
    member: str
    slot: int
    store_no: int
    signature: bytes

    @property
    def signed(self) -> bytes:
        """The 14 bytes the signature covers."""
        return _signed(self.key_id, self.member, self.slot, self.store_no)


def slot_at(unix_s: float) -> int:
    """The 15-second slot a time lies in."""
    return int(unix_s // SLOT_S)


def make(key: Ed25519PrivateKey, key_id: int, member: str, slot: int, store_no: int) -> str:
    """The QR text of a new pass, 121 characters. `member` is 12 hex digits."""
    signed = _signed(key_id, member, slot, store_no)
    return PREFIX + base45.encode(signed + key.sign(signed))


def read(text: str) -> MemberPass:
    """Take a pass apart without believing it; ContractError if the text is no member pass."""
    if _TEXT.fullmatch(text) is None:
        raise ContractError("pass", f"not {PREFIX} and 117 base45 characters")
    try:
        data = base45.decode(text.removeprefix(PREFIX))
    except ValueError as error:
        raise ContractError("pass", str(error)) from error
    header, key_id, member, slot, store_no, signature = _FIELDS.unpack(data)
    if header != ED25519:
        raise ContractError("pass", f"header {header:#04x} is not {ED25519:#04x}")
    return MemberPass(key_id, member.hex(), slot, store_no, signature)


def is_genuine(shown: MemberPass, public_key: bytes) -> bool:
    """Whether the holder of the key made this pass; any wrong byte makes it False."""
    return is_signed(shown.signed, shown.signature, public_key)


def is_signed(signed: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether an Ed25519 signature fits; False for a broken key or signature too."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(key_id: int, member: str, slot: int, store_no: int) -> bytes:
    fields = _FIELDS.pack(ED25519, key_id, bytes.fromhex(member), slot, store_no, bytes(64))
    return fields[:_SIGNED_BYTES]
