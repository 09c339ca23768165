"""Signatures of webhooks as standardwebhooks.com describes them, of others' and of our own.

By hand, because the published library asks the machine what time it is
(docs/decisions/0017-what-connectors-may-do.md).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

SECRET_PREFIX = "whsec_"
VERSION = "v1"  # symmetric; v1a (Ed25519) is not spoken here
SECRET_BYTES = 32  # the specification: 24 to 64
SIGNATURES_MAX = 8  # a sender that changes its secret signs twice; more is work made for us


def key_of(secret: str) -> bytes | None:
    """The key in a secret, with or without its prefix; None if it is no base64."""
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True) or None
    except binascii.Error:
        return None


def secret_of(key: bytes) -> str:
    """A key as both sides keep it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def sign(key: bytes, message: str, at_s: int, body: bytes) -> str:
    """The header `webhook-signature` of one message: HMAC-SHA256 over id, Unix time and body.

    Specification: "Signature scheme", symmetric.
    """
    signed = f"{message}.{at_s}.".encode() + body
    digest = hmac.digest(key, signed, hashlib.sha256)
    return f"{VERSION},{base64.b64encode(digest).decode()}"


def is_genuine(key: bytes, message: str, at_s: int, body: bytes, signatures: str) -> bool:
    """Whether one of the signatures in the header is of this key."""
    wanted = sign(key, message, at_s, body).encode()
    offered = signatures.split(" ", SIGNATURES_MAX)[:SIGNATURES_MAX]
    return any(hmac.compare_digest(wanted, one.encode()) for one in offered)
