import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contract import codec, screen_codes
from contract.arrivals import Arrival
from contract.errors import ContractError
from contract.screen_codes import MAX_BYTES, Claim

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
GOOD = screen_codes.sign(KEY, Claim("00a1b2c3d4e5", 1, "quay-1", "5e551014c0ffee00", "00" * 64))
GOLDEN = json.loads(
    (Path(screen_codes.__file__).parent / "golden" / "screen_codes.json").read_text("utf-8")
)


def test_the_golden_claim_is_what_phones_sign_and_kiosks_tell() -> None:
    claim = screen_codes.read(json.dumps(GOLDEN["claim"]).encode())

    assert claim == GOOD
    assert claim.signed == GOLDEN["signed"].encode()
    assert screen_codes.is_genuine(claim, bytes.fromhex(GOLDEN["public_key"]))
    assert screen_codes.digest(claim.code) == GOLDEN["digest"]
    assert screen_codes.link("https://shop.example", claim.kiosk, claim.code) == GOLDEN["link"]


@pytest.mark.parametrize(
    "change",
    [
        {"member": "00a1b2c3d4e6"},
        {"key_id": 2},
        {"kiosk": "quay-2"},
        {"code": "5e551014c0ffee01"},
        {"signature": GOOD.signature[:-1] + "f"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_field_can_be_changed(change: dict[str, object]) -> None:
    assert not screen_codes.is_genuine(structs.replace(GOOD, **change), PUBLIC)


def test_no_arrival_can_be_taken_for_a_claim() -> None:
    arrival = Arrival("00a1b2c3d4e5", 1, "ibeacon:a", 0, "00" * 16, "00" * 64)

    assert arrival.signed.split()[0] != GOOD.signed.split()[0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"member": "A1"}, "member"),
        ({"kiosk": "quay 1"}, "kiosk"),
        ({"code": "5E551014C0FFEE00"}, "code"),
        ({"code": "5e551014c0ffee001"}, "code"),
        ({"signature": "00"}, "signature"),
        ({"key_id": 256}, "key_id"),
        ({"more": 1}, "more"),
        ({"v": 2}, "v"),
    ],
)
def test_what_is_no_claim_names_the_field(change: dict[str, object], field: str) -> None:
    words = {**json.loads(codec.encode(GOOD)), **change}

    with pytest.raises(ContractError) as caught:
        screen_codes.read(json.dumps(words).encode())

    assert field in str(caught.value)


def test_what_is_too_long_is_not_even_read() -> None:
    with pytest.raises(ContractError, match="longer than"):
        screen_codes.read(codec.encode(GOOD) + b" " * MAX_BYTES)


@given(st.binary(max_size=600))
def test_any_bytes_are_a_claim_or_refused(data: bytes) -> None:
    with pytest.raises(ContractError):
        screen_codes.read(data)
