"""Sealed documents: only the right key, for the right purpose, over these very bytes."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import ContractError
from contract.sealed import MAX_HEADER, Purpose, seal, unseal
from tests.contract.golden import cases

KEY = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07")
KEYS = {5: KEY.public_key().public_bytes_raw()}
DATA = seal(KEY, 5, Purpose.COMMAND, b'{"v":1}')


def test_what_was_sealed_comes_out_as_it_was() -> None:
    assert unseal(KEYS, Purpose.COMMAND, DATA) == b'{"v":1}'


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_one_changed_byte_breaks_the_seal(place: int, change: int) -> None:
    data = bytearray(DATA)
    data[place] ^= change

    with pytest.raises(ContractError):
        unseal(KEYS, Purpose.COMMAND, bytes(data))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_one_way(data: bytes) -> None:
    for candidate in (data, b"hien-sealed-1 command 5 " + data):
        with pytest.raises(ContractError):
            unseal(KEYS, Purpose.COMMAND, candidate)


def test_a_document_for_another_purpose_says_so() -> None:
    with pytest.raises(ContractError, match="it is for command, not for keyring"):
        unseal(KEYS, Purpose.KEYRING, DATA)


def test_a_relabelled_document_does_not_fit_its_signature() -> None:
    relabelled = DATA.replace(b" command ", b" keyring ")

    with pytest.raises(ContractError, match="does not fit"):
        unseal(KEYS, Purpose.KEYRING, relabelled)


def test_a_key_that_is_not_trusted_is_named() -> None:
    with pytest.raises(ContractError, match="key 6 is not one we trust"):
        unseal(KEYS, Purpose.COMMAND, seal(KEY, 6, Purpose.COMMAND, b""))


def test_two_keys_live_at_once() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x08")
    keys = KEYS | {6: other.public_key().public_bytes_raw()}

    assert unseal(keys, Purpose.COMMAND, seal(other, 6, Purpose.COMMAND, b"new")) == b"new"
    assert unseal(keys, Purpose.COMMAND, DATA) == b'{"v":1}'


def test_the_longest_header_fits_its_bound() -> None:
    longest = max(len(seal(KEY, 255, purpose, b"")) for purpose in Purpose)

    assert longest < MAX_HEADER


@pytest.mark.parametrize("case", cases("sealed.json", "good"), ids=lambda case: case["name"])
def test_the_golden_documents_open(case: dict[str, str]) -> None:
    keys = {5: bytes.fromhex(case["public_key"])}

    assert unseal(keys, Purpose(case["purpose"]), case["data"].encode()) == case["payload"].encode()


@pytest.mark.parametrize("case", cases("sealed.json", "bad"), ids=lambda case: case["name"])
def test_the_golden_forgeries_do_not(case: dict[str, str]) -> None:
    keys = {5: bytes.fromhex(case["public_key"])}

    with pytest.raises(ContractError, match=re.escape(case["problem"])):
        unseal(keys, Purpose(case["purpose"]), case["data"].encode())
