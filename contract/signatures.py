"""Signatures of 64 bytes, as passes and sealed documents carry them: made and checked.

Ed25519 wherever we choose; ECDSA on P-256 with SHA-256 for browsers that cannot keep an Ed25519
key. The length of a public key says which: 32 bytes, or 33 (a compressed point, SEC 1, 2.3.3).
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNATURE_BYTES = 64
ED25519_BYTES, P256_BYTES = 32, 33  # of a public key

_RAW_P256_BYTES = 65  # an uncompressed point
_HALF = SIGNATURE_BYTES // 2
_P256_WITH_SHA256 = ec.ECDSA(hashes.SHA256())

SigningKey = Ed25519PrivateKey | EllipticCurvePrivateKey


def sign(key: SigningKey, signed: bytes) -> bytes:
    """64 bytes: an Ed25519 signature, or r and s of ECDSA as WebCrypto writes them."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(signed)
    r, s = decode_dss_signature(key.sign(signed, _P256_WITH_SHA256))
    return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def public_bytes(key: SigningKey) -> bytes:
    """The public half, 32 or 33 bytes."""
    public = key.public_key()
    if isinstance(public, EllipticCurvePublicKey):
        return public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return public.public_bytes_raw()


def from_raw(exported: bytes) -> bytes | None:
    """A public key as WebCrypto exports it, in our 32 or 33 bytes; None if it is none."""
    if len(exported) == ED25519_BYTES:
        return exported
    if len(exported) != _RAW_P256_BYTES:
        return None
    try:
        point = EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), exported)
    except ValueError:  # not on the curve
        return None
    return point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def is_signed(signed: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether a signature fits; False for a broken key or signature too."""
    try:
        if len(public_key) == P256_BYTES:
            _check_p256(signed, signature, public_key)
        else:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check_p256(signed: bytes, signature: bytes, public_key: bytes) -> None:
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError("an ECDSA signature has 64 bytes")
    r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    key = EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    key.verify(encode_dss_signature(r, s), signed, _P256_WITH_SHA256)
