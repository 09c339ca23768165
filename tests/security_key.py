"""A device that makes passkeys and signs with them, byte by byte; it can cheat."""

from __future__ import annotations

import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40  # flags of authenticator data, WebAuthn 6.1
NO_MAKER = b"\0" * 16


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(said: str) -> bytes:
    return urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class SecurityKey:
    """Holds one passkey of one person; its fields say how it behaves."""

    origin: str  # the page that its browser shows
    number: int = 1  # two with one number are copies
    rp: str = "shop.example"
    counts: bool = True
    is_verified: bool = True  # by finger, face or code
    cross_origin: bool = False
    handle: str = ""
    used: int = 0
    algorithm: int = -7
    _key: ec.EllipticCurvePrivateKey = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._key = ec.derive_private_key(self.number, ec.SECP256R1())

    @property
    def credential(self) -> str:
        return text(sha256(b"%d" % self.number).digest())

    def make(self, options: dict[str, Any]) -> str:
        """What navigator.credentials.create answers, as JSON."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        point = self._key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        number = bytes([0x20 - self.algorithm - 1])  # a small negative number in CBOR
        cose = b"\xa5\x01\x02\x03" + number + b"\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y
        mine = raw(self.credential)
        key = NO_MAKER + struct.pack(">H", len(mine)) + mine + cose
        data = self._data(HAS_KEY) + key
        attested = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        return self._said(
            {
                "clientDataJSON": text(self._client(asked, "webauthn.create")),
                "attestationObject": text(attested),
            }
        )

    def sign(self, options: dict[str, Any]) -> str:
        """What navigator.credentials.get answers, as JSON."""
        client = self._client(options["publicKey"], "webauthn.get")
        self.used += self.counts
        data = self._data(0)
        signed = self._key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signed),
                "userHandle": self.handle,
            }
        )

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.is_verified else 0)
        return sha256(self.rp.encode()).digest() + struct.pack(">BI", flags, self.used)

    def _client(self, asked: dict[str, Any], kind: str) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": self.cross_origin}).encode()

    def _said(self, parts: dict[str, str]) -> str:
        mine = self.credential
        return json.dumps({"id": mine, "rawId": mine, "type": "public-key", "response": parts})
