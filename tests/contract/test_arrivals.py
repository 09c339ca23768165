import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contract import arrivals, codec, passes, signatures
from contract.arrivals import MAX_BYTES, Arrival
from contract.errors import ContractError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
BEACON = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:7:1"
UNSIGNED = Arrival("00a1b2c3d4e5", 1, BEACON, 1_785_000_000_000, "0f" * 16, "00" * 64)
GOOD = arrivals.sign(KEY, UNSIGNED)
GOLDEN = Path(arrivals.__file__).parent / "golden" / "arrivals.json"


def test_what_was_signed_is_read_and_genuine() -> None:
    read = arrivals.read(codec.encode(GOOD))

    assert read == GOOD
    assert arrivals.is_genuine(read, PUBLIC)


def test_a_phone_without_ed25519_signs_too() -> None:
    key = ec.derive_private_key(7, ec.SECP256R1())
    signed = arrivals.sign(key, UNSIGNED)

    assert arrivals.is_genuine(signed, signatures.public_bytes(key))
    assert not arrivals.is_genuine(signed, PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"member": "00a1b2c3d4e6"},
        {"key_id": 2},
        {"beacon": BEACON + "1"},
        {"heard_ms": 1_785_000_000_001},
        {"nonce": "0e" * 16},
        {"signature": GOOD.signature[:-1] + "f"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_field_can_be_changed(change: dict[str, object]) -> None:
    assert not arrivals.is_genuine(structs.replace(GOOD, **change), PUBLIC)


def test_a_pass_is_no_arrival_and_an_arrival_no_pass() -> None:
    shown = passes.read(passes.make(KEY, 1, "00a1b2c3d4e5", 119_000_000, 7))

    assert shown.signed[:1] != GOOD.signed[:1]
    assert not arrivals.is_genuine(structs.replace(GOOD, signature=shown.signature.hex()), PUBLIC)


def test_the_golden_arrival_is_what_other_languages_sign() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(golden["private_key"]))
    arrival = arrivals.read(json.dumps(golden["arrival"]).encode())

    assert arrival.signed == golden["signed"].encode()
    assert arrivals.sign(key, arrival) == arrival
    assert arrivals.is_genuine(arrival, bytes.fromhex(golden["public_key"]))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"member": "A1"}, "member"),
        ({"beacon": "ibeacon:1 2"}, "beacon"),
        ({"nonce": ""}, "nonce"),
        ({"signature": "00"}, "signature"),
        ({"heard_ms": -1}, "heard_ms"),
        ({"key_id": 256}, "key_id"),
        ({"more": 1}, "more"),
        ({"v": 2}, "v"),
    ],
)
def test_what_is_no_arrival_names_the_field(change: dict[str, object], field: str) -> None:
    words = {**json.loads(codec.encode(GOOD)), **change}

    with pytest.raises(ContractError) as caught:
        arrivals.read(json.dumps(words).encode())

    assert field in str(caught.value)


def test_what_is_too_long_is_not_even_read() -> None:
    with pytest.raises(ContractError, match="longer than"):
        arrivals.read(codec.encode(GOOD) + b" " * MAX_BYTES)


@given(st.binary(max_size=1_200))
def test_any_bytes_are_an_arrival_or_refused(data: bytes) -> None:
    with pytest.raises(ContractError):
        arrivals.read(data)
