"""The QR text a retailer prints or sends: vouchers, pick-ups, appointments, entry cards.

`MV1:` and base45 of 78 bytes: header 1, key id 1, pass id 8, last day 2, store 2, signature 64:
the layout of a member pass, signed by the retailer's key. It says nothing about its holder, never
changes and can be copied: whoever honours it must remember that it was used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from struct import Struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import pass_text, signatures
from contract.errors import ContractError
from contract.pass_text import SIGNED_BYTES
from contract.signatures import SIGNATURE_BYTES

PREFIX = "MV1:"
DAY_S = 86_400

_FIELDS = Struct(">BB8sHH64s")


class Sort(IntEnum):
    """The header byte: what the pass is for. Far from a member pass's, whose length it shares."""

    VOUCHER = 0x11
    PICK_UP = 0x12
    APPOINTMENT = 0x13
    ENTRY_CARD = 0x14


@dataclass(frozen=True, slots=True)
class RetailerPass:
    """What a retailer's pass says, and the signature over it.

    `last_day` counts from 1970-01-01 in the store's own calendar; the pass is good all that day.
    """

    sort: Sort
    key_id: int
    pass_id: str
    last_day: int
    store_no: int
    signature: bytes = b""

    @property
    def signed(self) -> bytes:
        """The 14 bytes the signature covers."""
        fields = (self.sort, self.key_id, bytes.fromhex(self.pass_id), self.last_day, self.store_no)
        return _FIELDS.pack(*fields, bytes(SIGNATURE_BYTES))[:SIGNED_BYTES]

    @property
    def text(self) -> str:
        """The QR text, 121 characters."""
        return pass_text.write(PREFIX, self.signed + self.signature)


def make(key: Ed25519PrivateKey, says: RetailerPass) -> str:
    """The QR text of a new pass. Draw its id at random, so that nobody guesses the next."""
    return replace(says, signature=key.sign(says.signed)).text


def read(text: str) -> RetailerPass:
    """Take a pass apart without believing it; ContractError if the text is no such pass."""
    data = pass_text.read(PREFIX, text)
    header, key_id, pass_id, last_day, store_no, signature = _FIELDS.unpack(data)
    if header not in set(Sort):
        raise ContractError("pass", f"header {header:#04x} is no sort of retailer's pass")
    return RetailerPass(Sort(header), key_id, pass_id.hex(), last_day, store_no, signature)


def is_genuine(shown: RetailerPass, public_key: bytes) -> bool:
    """Whether the retailer made this pass; any wrong byte makes it False."""
    return signatures.is_signed(shown.signed, shown.signature, public_key)
