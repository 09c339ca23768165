from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import identities
from contract.identities import BLOCK_S, MAX_COUNTER_S
from tests.contract.golden import cases

Case = dict[str, Any]

keys = st.binary(min_size=16, max_size=16)


@pytest.mark.parametrize("case", cases("identities.json", "eid"), ids=lambda case: case["eid"])
def test_published_tags_advertise_what_we_expect(case: Case) -> None:
    key, counter_s = bytes.fromhex(case["identity_key"]), case["counter_s"]

    assert identities.temporary_key(key, counter_s // BLOCK_S).hex() == case["temporary_key"]
    assert identities.eid(key, case["exponent"], counter_s).hex() == case["eid"]


@pytest.mark.parametrize("case", cases("identities.json", "registration"))
def test_tag_and_resolver_derive_the_same_key(case: Case) -> None:
    parts = {name: bytes.fromhex(value) for name, value in case.items() if name != "source"}

    ours = identities.identity_key(parts["resolver_private"], parts["tag_public"], is_resolver=True)
    theirs = identities.identity_key(
        parts["tag_private"], parts["resolver_public"], is_resolver=False
    )

    assert ours == theirs == parts["identity_key"]


def test_a_worthless_public_key_is_refused() -> None:
    with pytest.raises(ValueError, match="shared"):
        identities.identity_key(bytes(range(32)), bytes(32), is_resolver=True)


@pytest.mark.parametrize("case", cases("identities.json", "rpa"), ids=lambda case: case["address"])
def test_published_addresses_resolve_or_do_not(case: Case) -> None:
    irk, address = bytes.fromhex(case["irk"]), bytes.fromhex(case["address"])

    assert identities.resolves(irk, address) is case["resolves"]


@given(keys, st.integers(0, 15), st.integers(0, MAX_COUNTER_S))
def test_an_eid_lasts_for_its_window(key: bytes, exponent: int, counter_s: int) -> None:
    first = counter_s >> exponent << exponent
    last = first + (1 << exponent) - 1

    assert identities.eid(key, exponent, first) == identities.eid(key, exponent, last)
    assert identities.eid(key, exponent, last) != identities.eid(key, exponent, (last + 1) % 2**32)


@given(keys, st.integers(0, 15), st.integers(0, 0xFFFF))
def test_many_windows_at_once_are_the_same_as_each(key: bytes, exponent: int, block: int) -> None:
    first = block * BLOCK_S >> exponent
    windows = [first, first + (BLOCK_S >> exponent) - 1]
    block_key = identities.temporary_key(key, block)

    found = identities.eids(block_key, exponent, windows)

    assert found == [identities.eid(key, exponent, window << exponent) for window in windows]


@given(keys, st.binary(min_size=3, max_size=3), st.integers(0, 23))
def test_an_address_fits_its_key_in_every_bit(irk: bytes, random: bytes, bit: int) -> None:
    upper = bytes((random[0] & 0x3F | 0x40,)) + random[1:]
    lower = identities.address_hash(irk, upper)
    changed = (int.from_bytes(lower) ^ 1 << bit).to_bytes(3)

    assert identities.resolves(irk, upper + lower)
    assert not identities.resolves(irk, upper + changed)


@given(keys, st.binary(max_size=8))
def test_no_bytes_are_an_address_by_mistake(irk: bytes, address: bytes) -> None:
    if len(address) != 6 or address[0] >> 6 != 0b01:
        assert not identities.resolves(irk, address)
