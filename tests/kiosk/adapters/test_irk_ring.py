"""The fast way of trying keys finds what the plain way finds."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contract
from contract import identities
from contract.messages import TrustedIrk
from kiosk.adapters.irk_ring import IrkRing
from tests.kiosk.core.test_private_addresses import PlainRing

GOLDEN = Path(contract.__file__).parent / "golden" / "identities.json"
PUBLISHED = [
    case
    for case in json.loads(GOLDEN.read_text(encoding="utf-8"))["rpa"]
    if identities.is_resolvable(bytes.fromhex(case["address"]))  # a radio hands on no others
]

keys = st.binary(min_size=16, max_size=16)
addresses = st.binary(min_size=6, max_size=6).map(
    lambda any_: bytes((any_[0] & 0x3F | 0x40,)) + any_[1:]
)


def trusted(irks: list[bytes]) -> list[TrustedIrk]:
    return [TrustedIrk(f"t-{number}", irk.hex()) for number, irk in enumerate(irks)]


def address_of(irk: bytes, number: int) -> bytes:
    upper = (0x400000 | number).to_bytes(3)
    return upper + identities.address_hash(irk, upper)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["address"])
def test_published_addresses_resolve_or_do_not(case: dict[str, str]) -> None:
    address = bytes.fromhex(case["address"])
    ring = IrkRing()
    ring.know([TrustedIrk("t-1", case["irk"])])

    assert ring.match([address]) == ({address: "t-1"} if case["resolves"] else {})


@given(st.lists(keys, unique=True, max_size=6), st.lists(addresses, max_size=5), st.data())
@settings(max_examples=50)
def test_it_finds_what_the_plain_way_finds(
    irks: list[bytes], strangers: list[bytes], data: st.DataObject
) -> None:
    owned = data.draw(st.lists(st.sampled_from(irks), max_size=5)) if irks else []
    batch = [*strangers, *(address_of(irk, number) for number, irk in enumerate(owned))]
    fast, plain = IrkRing(), PlainRing()
    for ring in (fast, plain):
        ring.know(trusted(irks))

    assert not batch or fast.match(batch) == plain.match(batch)


@pytest.mark.parametrize("keys_count", [1, 255, 256, 257, 700])
@pytest.mark.parametrize("addresses_count", [1, 63, 64])
def test_the_right_one_of_many_keys_is_found(keys_count: int, addresses_count: int) -> None:
    irks = [number.to_bytes(16) for number in range(keys_count)]
    ring = IrkRing()
    ring.know(trusted(irks))
    owners = [0, keys_count // 2, keys_count - 1][:addresses_count]
    batch = [address_of(irks[owner], number) for number, owner in enumerate(owners)]
    strangers = [
        bytes((0x40, 0, number, 1, 2, 3)) for number in range(addresses_count - len(owners))
    ]

    found = ring.match([*strangers, *batch])

    assert found == {address: f"t-{owner}" for address, owner in zip(batch, owners, strict=True)}


def test_keys_that_almost_fit_do_not_hide_the_one_that_does() -> None:
    address = address_of(bytes(16), 1)
    upper, ends = address[:3], address[-1]
    others = (number.to_bytes(16) for number in range(1, 2_000))
    almost = [irk for irk in others if identities.address_hash(irk, upper)[-1] == ends]
    ring = IrkRing()
    ring.know(trusted([*almost, bytes(16)]))

    assert almost
    assert ring.match([address]) == {address: f"t-{len(almost)}"}


def test_keys_that_are_known_no_more_find_nobody() -> None:
    ring = IrkRing()
    ring.know(trusted([bytes(16)]))
    ring.know([])

    assert ring.match([address_of(bytes(16), 1)]) == {}
