"""The QR text a member shows: made by the shopper's own key, checked with the public half.

`MD1:` and base45 of 78 bytes: header 1, key id 1, member 6, slot 4, store 2, signature 64. The
header says how it was signed: Ed25519, or ECDSA on P-256 where a phone's browser has no other.
A QR code of version 5 holds it, which a phone shows well and a camera reads at arm's length.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from struct import Struct

from contract import pass_text, signatures
from contract.errors import ContractError
from contract.pass_text import SIGNED_BYTES
from contract.signatures import ED25519_BYTES, P256_BYTES, SIGNATURE_BYTES, SigningKey

PREFIX = "MD1:"
SLOT_S = 15  # a new pass every 15 s, so a screenshot is worthless within a minute
OLDEST_SLOT, NEWEST_SLOT = -2, 1  # accepted against the checker's own slot: up to 60 s in all
ED25519, P256 = 0x01, 0x02  # the header byte: how a member pass is signed
ANY_STORE = 0  # a pass that is good in every store of the chain

_HEADERS = {ED25519_BYTES: ED25519, P256_BYTES: P256}  # by the length of the public key
_FIELDS = Struct(">BB6sIH64s")


@dataclass(frozen=True, slots=True)
class MemberPass:
    """What a member pass says, and the signature over it."""

    key_id: int
    member: str
    slot: int
    store_no: int
    signature: bytes = b""
    header: int = ED25519

    @property
    def signed(self) -> bytes:
        """The 14 bytes the signature covers."""
        fields = (self.header, self.key_id, bytes.fromhex(self.member), self.slot, self.store_no)
        return _FIELDS.pack(*fields, bytes(SIGNATURE_BYTES))[:SIGNED_BYTES]


def slot_at(unix_s: float) -> int:
    """The 15-second slot a time lies in."""
    return int(unix_s // SLOT_S)


def make(key: SigningKey, key_id: int, member: str, slot: int, store_no: int) -> str:
    """The QR text of a new pass, 121 characters. `member` is 12 hex digits."""
    header = _HEADERS[len(signatures.public_bytes(key))]
    signed = MemberPass(key_id, member, slot, store_no, header=header).signed
    return pass_text.write(PREFIX, signed + signatures.sign(key, signed))


@lru_cache(maxsize=1_024)  # an intake asks three times for each pass, 7 us each
def read(text: str) -> MemberPass:
    """Take a pass apart without believing it; ContractError if the text is no member pass."""
    header, key_id, member, slot, store_no, signature = _FIELDS.unpack(pass_text.read(PREFIX, text))
    if header not in (ED25519, P256):
        raise ContractError("pass", f"header {header:#04x} is no member pass's")
    return MemberPass(key_id, member.hex(), slot, store_no, signature, header)


def is_genuine(shown: MemberPass, public_key: bytes) -> bool:
    """Whether the holder of the key made this pass; any wrong byte makes it False."""
    if _HEADERS.get(len(public_key)) != shown.header:
        return False
    return signatures.is_signed(shown.signed, shown.signature, public_key)
