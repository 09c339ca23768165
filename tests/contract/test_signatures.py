"""Signatures of both sorts, and everything that is none."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract import signatures
from contract.signatures import SigningKey

ED25519: SigningKey = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P256: SigningKey = ec.derive_private_key(4711, ec.SECP256R1())
KEYS = pytest.mark.parametrize(("key", "size"), [(ED25519, 32), (P256, 33)])

# RFC 6979, A.2.5: P-256 with SHA-256 over "sample"; Q as a compressed point
RFC_6979_PUBLIC = "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
RFC_6979_SIGNATURE = (
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)


@KEYS
def test_what_a_key_signed_fits_its_public_half(key: SigningKey, size: int) -> None:
    signature, public = signatures.sign(key, b"said"), signatures.public_bytes(key)

    assert (len(signature), len(public)) == (64, size)
    assert signatures.is_signed(b"said", signature, public)
    assert not signatures.is_signed(b"said otherwise", signature, public)


def test_somebody_elses_p256_signature_is_understood() -> None:
    public, signature = bytes.fromhex(RFC_6979_PUBLIC), bytes.fromhex(RFC_6979_SIGNATURE)

    assert signatures.is_signed(b"sample", signature, public)
    assert not signatures.is_signed(b"sample", signature[::-1], public)


def test_a_key_as_a_browser_exports_it_becomes_the_one_in_passes() -> None:
    y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
    exported = bytes.fromhex("04" + RFC_6979_PUBLIC[2:] + y)

    assert signatures.from_raw(exported) == bytes.fromhex(RFC_6979_PUBLIC)
    assert signatures.from_raw(exported[:-1] + b"\x98") is None  # no point of the curve
    assert signatures.from_raw(bytes(range(32))) == bytes(range(32))
    assert signatures.from_raw(bytes(33)) is None


@KEYS
@given(place=st.integers(0, 63), change=st.integers(1, 255))
def test_one_changed_byte_spoils_it(key: SigningKey, size: int, place: int, change: int) -> None:
    signature = bytearray(signatures.sign(key, b"said"))
    signature[place] ^= change

    assert not signatures.is_signed(b"said", bytes(signature), signatures.public_bytes(key))


@given(st.binary(max_size=70), st.binary(min_size=30, max_size=35))
def test_no_bytes_make_checking_fail(signature: bytes, public: bytes) -> None:
    for start in (b"", b"\x02", b"\x03"):
        assert not signatures.is_signed(b"said", signature, (start + public)[:33])
        assert not signatures.is_signed(b"said", bytes(64), start + public[:32])


def test_a_signature_is_written_in_one_way_only() -> None:
    signature = signatures.sign(P256, b"said")
    longer = signature[:32] + b"\0" + signature[32:]

    assert not signatures.is_signed(b"said", longer, signatures.public_bytes(P256))
