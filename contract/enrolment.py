"""How a kiosk comes to its certificate: the one-time code, and what is said over HTTPS.

JSON, at most 8 kB. The kiosk's private key is in none of it.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from msgspec import Meta

from contract import codec
from contract.errors import ContractError
from contract.messages import Message

AUTHORITY_PATH = "/v1/authority"  # GET: the house's authority in PEM, to be held against the pin
ENROL_PATH = "/v1/kiosks/enrol"
RENEW_PATH = "/v1/kiosks/renew"
MAX_BYTES = 8_192  # a renewal, the longest, has 2 kB

SECRET_BYTES = 10  # 2^80: who may try ten times a minute needs longer than there is time
PIN_BYTES = 16  # of the SHA-256 of the authority: nobody makes another with the same
_TAIL_CHARS = 42  # both in base32
_CODE = re.compile(r"([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,39}\]):([0-9]{1,5})/([a-z2-7]{42})")

Pem = Annotated[str, Meta(max_length=4_096)]
Secret = Annotated[str, Meta(pattern="^[0-9a-f]{20}$")]
Signature = Annotated[str, Meta(pattern="^[0-9a-f]{16,160}$")]  # ECDSA in DER, whose length varies


@dataclass(frozen=True, slots=True)
class Code:
    """What an owner reads out to a new kiosk: where to ask, whom to believe, and the secret."""

    host: str
    port: int
    secret: bytes
    pin: bytes  # how the fingerprint of the house's authority begins

    @property
    def text(self) -> str:
        """As it is typed: `gateway.lan:8885/` and 42 letters and digits."""
        tail = b32encode(self.secret + self.pin).decode("ascii").lower().rstrip("=")
        return f"{self.host}:{self.port}/{tail}"


class Ask(Message, frozen=True):
    """A new kiosk: this is my code, this is my key."""

    secret: Secret
    request: Pem
    v: int = 1


class Renewal(Message, frozen=True):
    """A kiosk whose certificate ends soon: this is my next key, said by the one I have."""

    certificate: Pem
    request: Pem
    signature: Signature
    v: int = 1

    @property
    def signed(self) -> bytes:
        """What the signature covers."""
        return f"hien-renewal-1 {self.request}".encode()


class Issued(Message, frozen=True):
    """The gateway: this is your certificate, and this is whom to believe."""

    certificate: Pem
    authority: Pem
    v: int = 1


def read_code(text: str) -> Code:
    """Take a code apart; ContractError if it is none, or was mistyped beyond reading."""
    found = _CODE.fullmatch(text.strip().lower())
    if found is None or not 0 < int(found[2]) <= 65_535:
        raise ContractError("code", "is not host:port/ and 42 letters and digits")
    tail = b32decode(found[3].upper() + "=" * (-_TAIL_CHARS % 8))
    return Code(found[1], int(found[2]), tail[:SECRET_BYTES], tail[SECRET_BYTES:])


def digest(secret: bytes) -> str:
    """What is kept of a secret: whoever reads the database cannot use it."""
    return sha256(b"hien kiosk code " + secret).hexdigest()


def read_ask(data: bytes) -> Ask:
    """Take a request apart without believing it; ContractError if it is none."""
    return codec.decode(Ask, _short(data))


def read_renewal(data: bytes) -> Renewal:
    """Take a renewal apart without believing it; ContractError if it is none."""
    return codec.decode(Renewal, _short(data))


def read_issued(data: bytes) -> Issued:
    """Take the gateway's answer apart; ContractError if it is none."""
    return codec.decode(Issued, _short(data))


def _short(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise ContractError("body", f"longer than {MAX_BYTES} bytes")
    return data
