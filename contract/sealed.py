"""A document the retailer signed: one line with purpose, key and signature, then its own bytes.

It travels through anybody's hands, files and topics alike, because whoever opens it checks it.
It hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.errors import ContractError
from contract.signatures import is_signed

MAX_HEADER = 160  # characters; the longest is 151

_HEADER = re.compile(rb"hien-sealed-1 ([a-z]{1,11}) ([0-9]{1,3}) ([0-9a-f]{128})\n")


class Purpose(StrEnum):
    """What a document is for. It is signed too: nobody can pass one off as another."""

    KEYRING = "keyring"
    REVOCATIONS = "revocations"
    COMMAND = "command"
    TRUST = "trust"
    DENIAL = "denial"
    ALLOWANCE = "allowance"
    RELEASE = "release"
    LOOK = "look"
    CATALOGUE = "catalogue"


def seal(key: Ed25519PrivateKey, key_id: int, purpose: Purpose, payload: bytes) -> bytes:
    """Sign a document. `key_id` (0 to 255) says which key, so that two can live at once."""
    signature = key.sign(_signed(purpose, key_id, payload)).hex()
    return f"hien-sealed-1 {purpose} {key_id} {signature}\n".encode() + payload


def unseal(keys: Mapping[int, bytes], purpose: Purpose, data: bytes) -> bytes:
    """The document, if one of these public keys signed it for this purpose; else ContractError."""
    header = _HEADER.match(data[:MAX_HEADER])
    if header is None:
        raise ContractError("seal", "there is no line with purpose, key and signature")
    said, number, signature = (part.decode() for part in header.groups())
    if said != purpose:
        raise ContractError("seal", f"it is for {said}, not for {purpose}")
    key_id = int(number)
    if key_id not in keys:
        raise ContractError("seal", f"key {key_id} is not one we trust")
    payload = data[header.end() :]
    signed = _signed(purpose, key_id, payload)
    if not is_signed(signed, bytes.fromhex(signature), keys[key_id]):
        raise ContractError("seal", "the signature does not fit")
    return payload


def _signed(purpose: Purpose, key_id: int, payload: bytes) -> bytes:
    return f"hien-sealed-1 {purpose} {key_id}\n".encode() + payload
