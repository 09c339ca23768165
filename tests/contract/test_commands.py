"""Orders: sealed, short-lived, and refused in one way whatever they are."""

from dataclasses import asdict, dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract import codec, commands
from contract.commands import Command, Deed
from contract.errors import ContractError
from contract.sealed import Purpose, seal

KEY = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07")
KEYS = {5: KEY.public_key().public_bytes_raw()}


@dataclass(frozen=True)
class Says:
    at_ms: int = 1_785_000_000_000
    until_ms: int = 1_785_000_005_000
    nonce: str = "0123456789abcdef0123456789abcdef"
    staff: str = "lan"


def order(says: Says = Says()) -> Command:
    return Command(Deed.OPEN_DOOR, "hue-1", "front", **asdict(says))


def test_an_order_arrives_as_it_was_given() -> None:
    assert commands.read(KEYS, commands.make(KEY, 5, order())) == order()


def test_an_order_that_lives_too_long_is_neither_made_nor_read() -> None:
    eternal = order(Says(until_ms=1_785_000_005_001))

    with pytest.raises(ContractError, match="an order lives from 0 to 5000 ms"):
        commands.make(KEY, 5, eternal)
    with pytest.raises(ContractError, match="an order lives from 0 to 5000 ms"):
        commands.read(KEYS, seal(KEY, 5, Purpose.COMMAND, codec.encode(eternal)))


def test_an_order_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(ContractError, match="an order lives"):
        commands.make(KEY, 5, order(Says(until_ms=1_784_999_999_999)))


def test_another_document_of_the_retailer_is_no_order() -> None:
    with pytest.raises(ContractError, match="it is for keyring"):
        commands.read(KEYS, seal(KEY, 5, Purpose.KEYRING, codec.encode(order())))


def test_a_bound_stands_before_the_signature() -> None:
    longest = commands.make(KEY, 5, order(Says(staff="x" * 40)))

    assert len(longest) * 2 < commands.MAX_COMMAND_BYTES
    with pytest.raises(ContractError, match="at most 1024"):
        commands.read(KEYS, longest + b" " * commands.MAX_COMMAND_BYTES)


@given(st.binary(max_size=200))
def test_any_sealed_bytes_are_an_order_or_a_contract_error(payload: bytes) -> None:
    with pytest.raises(ContractError):
        commands.read(KEYS, seal(KEY, 5, Purpose.COMMAND, payload))
