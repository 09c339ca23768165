from collections.abc import Mapping, Sequence

import pytest

from contract import identities
from contract.identities import is_resolvable
from contract.messages import TrustedIrk
from kiosk.core.private_addresses import (
    BATCH,
    LIFE_S,
    OWNED,
    STRANGERS,
    WAITING,
    WITNESS_S,
    PrivateAddresses,
    resolvable,
)

IRK = bytes(range(16))
PHONE = TrustedIrk("t-1", IRK.hex())
OTHER = TrustedIrk("t-2", "ff" * 16)


class PlainRing:
    """Tries one key after the other, as the specification says it."""

    def __init__(self) -> None:
        self.irks: Sequence[TrustedIrk] = ()
        self.batches: list[Sequence[bytes]] = []

    def know(self, irks: Sequence[TrustedIrk]) -> None:
        self.irks = irks

    def match(self, addresses: Sequence[bytes]) -> Mapping[bytes, str]:
        self.batches.append(addresses)
        return {
            address: one.tag
            for one in self.irks
            for address in addresses
            if identities.resolves(bytes.fromhex(one.irk), address)
        }


def address(number: int, irk: bytes = IRK) -> bytes:
    upper = (0x400000 | number).to_bytes(3)
    return upper + identities.address_hash(irk, upper)


def strangers(count: int) -> list[bytes]:
    return [(0x4000_0000_0000 + number * 257).to_bytes(6) for number in range(count)]


@pytest.fixture
def ring() -> PlainRing:
    return PlainRing()


@pytest.fixture
def phones(ring: PlainRing) -> PrivateAddresses:
    known = PrivateAddresses(ring)
    known.know([PHONE])
    return known


def hear(phones: PrivateAddresses, heard: bytes, now_s: float) -> str | None:
    phones.find(heard, -60, now_s)
    phones.resolve(now_s)
    return phones.find(heard, -60, now_s)


def test_one_address_is_not_believed_a_second_one_is(phones: PrivateAddresses) -> None:
    assert hear(phones, address(1), now_s=0) is None
    assert hear(phones, address(1), now_s=600) is None  # the same again proves nothing
    assert hear(phones, address(2), now_s=900) == "t-1"
    assert hear(phones, address(1), now_s=901) == "t-1"


def test_two_addresses_too_far_apart_are_not_believed(phones: PrivateAddresses) -> None:
    hear(phones, address(1), now_s=0)

    assert hear(phones, address(2), now_s=WITNESS_S + 1) is None
    assert hear(phones, address(3), now_s=WITNESS_S + 900) == "t-1"


def test_a_stranger_is_tried_once_while_its_address_lasts(
    phones: PrivateAddresses, ring: PlainRing
) -> None:
    (stranger,) = strangers(1)
    for now_s in (0.0, 1.0, LIFE_S - 1):
        assert hear(phones, stranger, now_s) is None
    assert ring.batches == [[stranger]]

    hear(phones, stranger, LIFE_S)
    hear(phones, stranger, LIFE_S + 1)
    assert len(ring.batches) == 2


def test_a_phone_is_tried_again_when_its_address_has_grown_old(
    phones: PrivateAddresses, ring: PlainRing
) -> None:
    hear(phones, address(1), now_s=0)
    hear(phones, address(1), now_s=LIFE_S)
    hear(phones, address(1), now_s=LIFE_S + 1)

    assert ring.batches == [[address(1)]] * 2


def test_new_keys_make_strangers_known(phones: PrivateAddresses) -> None:
    theirs = [address(number, bytes.fromhex(OTHER.irk)) for number in (1, 2)]
    assert [hear(phones, one, now_s=0) for one in theirs] == [None, None]

    phones.know([PHONE, OTHER])

    assert [hear(phones, one, now_s=0) for one in theirs] == [None, "t-2"]


def test_the_same_keys_again_change_nothing(phones: PrivateAddresses) -> None:
    hear(phones, address(1), now_s=0)
    phones.know([TrustedIrk("t-1", IRK.hex())])

    assert hear(phones, address(2), now_s=1) == "t-1"


def test_who_is_trusted_no_more_is_a_stranger(phones: PrivateAddresses, ring: PlainRing) -> None:
    hear(phones, address(1), now_s=0)
    hear(phones, address(2), now_s=0)
    phones.know([])

    assert hear(phones, address(1), now_s=0) is None
    assert len(phones) == 0
    assert len(ring.batches) == 2  # without keys nothing is tried


def test_without_a_ring_everybody_is_a_stranger() -> None:
    phones = PrivateAddresses(None)
    phones.know([PHONE])

    assert hear(phones, address(1), now_s=0) is None
    assert len(phones) == 0


def test_who_is_heard_again_and_loud_is_tried_first(
    phones: PrivateAddresses, ring: PlainRing
) -> None:
    crowd = strangers(BATCH + 1)
    quiet, twice = crowd[0], crowd[1]
    for one in crowd:
        phones.find(one, -90 if one is quiet else -60, 0)
    phones.find(twice, -95, 0)

    phones.resolve(0)

    assert len(ring.batches[0]) == BATCH
    assert ring.batches[0][0] == twice
    assert quiet not in ring.batches[0]


def test_a_flood_of_strangers_neither_grows_nor_hides_a_phone(phones: PrivateAddresses) -> None:
    """10,000 new addresses a second for 4 s, and one phone that advertises every 100 ms."""
    flood = iter(strangers(40_000))
    believed_s = None
    hear(phones, address(1), now_s=0)
    for tick in range(1, 40):
        now_s = tick / 10
        for _ in range(1_000):
            phones.find(next(flood), -50, now_s)
        if phones.find(address(2), -70, now_s) and believed_s is None:
            believed_s = now_s
        phones.resolve(now_s)
        assert len(phones) <= WAITING + STRANGERS + OWNED

    assert believed_s is not None
    assert believed_s < 2


@pytest.mark.parametrize(
    ("first", "is_private"), [(0x3F, False), (0x40, True), (0x7F, True), (0x80, False)]
)
def test_a_resolvable_address_begins_with_01(first: int, is_private: bool) -> None:
    address = bytes([first, 0x11, 0x22, 0x33, 0x44, 0x55])

    assert is_resolvable(address) == is_private
    assert resolvable(address.hex(":").upper()) == (address if is_private else None)
    assert not is_resolvable(address[:5])
