"""How a kiosk that nobody knows asks to be let in: a code on its screen, which the owner compares.

JSON over HTTPS, at most 8 kB. Neither end knows the other yet, so the code is made of both: whoever
stands between them shows two different ones, except by a guess of one in a thousand million
(docs/decisions/0023-a-new-kiosk-shows-a-code.md).
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from msgspec import Meta

from contract import codec
from contract.enrolment import MAX_BYTES, Issued, Pem
from contract.errors import ContractError
from contract.identifiers import KioskId, StoreId
from contract.messages import Count, Hex, Message

PETITION_PATH = "/v1/kiosks/petition"
INQUIRY_PATH = "/v1/kiosks/petition/answer"
NONCE_BYTES = 16
LIFE_MS = 15 * 60_000  # from the screen to the owner's yes; the owner may be called first
ASK_EVERY_S = 1.0  # a person has just said yes, and looks at the screen

# What nobody takes for another when it is read out: without 0 and O, 1 and I.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LETTERS = 6  # of 5 bits; numbers are promised before they are told: nobody tries twice

Nonce = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Title = Annotated[str, Meta(min_length=1, max_length=40)]  # as settings have names of kiosks


class Petition(Message, frozen=True):
    """A kiosk: this is my key. I promise a number, and tell it once I have heard yours."""

    request: Pem
    commitment: Digest  # of the nonce that Inquiry tells
    wish: Annotated[str, Meta(pattern="^([a-z0-9-]{1,32}@[a-z0-9-]{1,32})?$")] = ""
    v: int = 1


class Noted(Message, frozen=True):
    """The gateway: this is my number."""

    nonce: Nonce
    v: int = 1


class Inquiry(Message, frozen=True):
    """A kiosk: this was my number. What has the owner said?"""

    petition: Digest  # of the public key
    nonce: Nonce
    v: int = 1


class Stage(StrEnum):
    """What has become of a petition."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class Place(Message, frozen=True):
    """Which kiosk it is from now on, and what it must know to be that one. Nothing secret."""

    store: StoreId
    store_no: Annotated[int, Meta(ge=1, le=65_535)]
    kiosk: KioskId
    store_name: Title
    kiosk_name: Title
    issuers: dict[str, Hex]  # the retailer's public keys by number, as [trust.issuers]
    phone_url: Annotated[str, Meta(max_length=64)] = ""


class Answer(Message, frozen=True):
    """The gateway: so far this has become of it."""

    stage: Stage
    left_ms: Count = 0
    issued: Issued | None = None  # with APPROVED
    place: Place | None = None
    v: int = 1


def commitment(nonce: bytes) -> str:
    """What is said of a number before it is told."""
    return sha256(b"hien petition nonce " + nonce).hexdigest()


def code(petition: str, authority: bytes, kiosk_nonce: bytes, gateway_nonce: bytes) -> str:
    """What both ends show: six letters in two groups, "K7F-2QX".

    `petition` is the digest of the kiosk's public key, `authority` the whole fingerprint of the
    house's authority: with another of either, it is another code.
    """
    said = b"hien petition code 1" + bytes.fromhex(petition) + authority
    bits = int.from_bytes(sha256(said + kiosk_nonce + gateway_nonce).digest())
    letters = "".join(_LETTERS[bits >> 5 * place & 31] for place in range(CODE_LETTERS))
    return f"{letters[:3]}-{letters[3:]}"


def read_petition(data: bytes) -> Petition:
    """Take a petition apart without believing it; ContractError if it is none."""
    return codec.decode(Petition, _short(data))


def read_noted(data: bytes) -> Noted:
    """Take the gateway's number apart; ContractError if it is none."""
    return codec.decode(Noted, _short(data))


def read_inquiry(data: bytes) -> Inquiry:
    """Take an inquiry apart without believing it; ContractError if it is none."""
    return codec.decode(Inquiry, _short(data))


def read_answer(data: bytes) -> Answer:
    """Take the gateway's answer apart; ContractError if it is none."""
    return codec.decode(Answer, _short(data))


def _short(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise ContractError("body", f"longer than {MAX_BYTES} bytes")
    return data
