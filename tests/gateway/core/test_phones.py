"""Whose key a phone's is, and how many live at once."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from contract import signatures
from contract.signatures import SigningKey
from gateway.core import phones
from gateway.core.phones import OLD_KEY_LIFE_MS, LiveKey

ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(32))
P256 = ec.derive_private_key(4711, ec.SECP256R1())
CODE = "x9_-" * 5
NOW_MS = 1_800_000_000_000


def said(key: SigningKey) -> str:
    """A public key as a browser exports it."""
    if isinstance(key, Ed25519PrivateKey):
        return key.public_key().public_bytes_raw().hex()
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()


def proof(key: SigningKey, code: str = CODE) -> str:
    return signatures.sign(key, f"hien-phone-1 {code} {said(key)}".encode()).hex()


@pytest.mark.parametrize("key", [ED25519, P256])
def test_a_phone_proves_that_it_holds_the_key_for_this_code(key: SigningKey) -> None:
    assert phones.public_key(said(key)) == signatures.public_bytes(key)
    assert phones.proves(CODE, said(key), proof(key))
    assert not phones.proves(CODE[:-1], said(key), proof(key))
    assert not phones.proves(CODE, said(key), proof(P256 if key is ED25519 else ED25519))


@pytest.mark.parametrize(
    "text", ["", "zz", "ab" * 31, "ab" * 33, "04" + "11" * 64, "05" + said(P256)[2:], "0x" * 32]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert phones.public_key(text) is None
    assert not phones.proves(CODE, text, proof(ED25519))


@given(st.text(max_size=140))
def test_no_proof_makes_it_fail(text: str) -> None:
    assert not phones.proves(CODE, said(ED25519), text)
    assert not phones.proves(text, said(ED25519), "00" * 64)


@pytest.mark.parametrize(
    ("live", "number", "ends"),
    [
        pytest.param([], 1, {}, id="the first phone"),
        pytest.param([LiveKey(1, 0, None)], 2, {1: NOW_MS + OLD_KEY_LIFE_MS}, id="the second"),
        pytest.param([LiveKey(255, 5, None)], 0, {255: NOW_MS + OLD_KEY_LIFE_MS}, id="round"),
        pytest.param(
            [LiveKey(1, 5, NOW_MS + 9), LiveKey(2, 6, None)],
            3,
            {1: NOW_MS, 2: NOW_MS + OLD_KEY_LIFE_MS},
            id="never three",
        ),
        pytest.param(
            [LiveKey(0, 9, NOW_MS + 9), LiveKey(255, 5, None)],
            1,
            {0: NOW_MS + 9, 255: NOW_MS},
            id="an end does not move away",
        ),
    ],
)
def test_the_newest_phone_lives_on_beside_the_next(
    live: list[LiveKey], number: int, ends: dict[int, int]
) -> None:
    assert phones.next_key_id(live) == number
    assert phones.ends(live, NOW_MS) == ends
