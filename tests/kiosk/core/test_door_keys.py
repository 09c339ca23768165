"""Whose passes a door may honour, and that it never goes back to an older list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import door_keys
from kiosk.core.door_keys import DoorKeys
from tests.kiosk.door.shop import ANA, BINH, KEYS, MEMBERS, Members, learned, revocations


def test_keys_are_found_by_member_and_device() -> None:
    assert KEYS.member(ANA, 1) == MEMBERS.keys[ANA].public_key().public_bytes_raw()
    assert KEYS.member(ANA, 2) is None
    assert not KEYS.is_revoked("ffffffffffff", 1)


@given(st.binary(max_size=4))
def test_a_bit_revokes_the_key_with_its_index_and_no_other(bitmap: bytes) -> None:
    members = Members.several(20)
    keys = learned(members.keyring(), revocations(members=bitmap))

    revoked = [keys.is_revoked(name, 1) for name in members.keys]

    bits = [bool(byte >> bit & 1) for byte in bitmap for bit in range(8)]
    assert revoked == (bits + [False] * 20)[:20]


@pytest.mark.parametrize(
    ("keyring", "epoch", "counts_in", "is_news"),
    [
        pytest.param(2, 6, 2, True, id="both newer"),
        pytest.param(1, 6, 1, True, id="only the revocations are newer"),
        pytest.param(1, 5, 1, False, id="the same again"),
        pytest.param(1, 4, 1, False, id="an older list"),
        pytest.param(2, 5, 2, False, id="a new keyring with an old list"),
        pytest.param(0, 6, 0, False, id="an older keyring"),
        pytest.param(2, 6, 1, False, id="the list counts in another keyring"),
    ],
)
def test_only_a_newer_pair_that_belongs_together_is_learned(
    keyring: int, epoch: int, counts_in: int, is_news: bool
) -> None:
    held = learned(MEMBERS.keyring(1), revocations(epoch=5, keyring=1, members=b"\x02"))

    news = door_keys.learn(held, MEMBERS.keyring(keyring), revocations(epoch, counts_in))

    assert (news is not None) == is_news
    assert held.is_revoked(BINH, 1)
    if news is not None:
        assert not news.is_revoked(BINH, 1)


def test_nothing_held_is_below_everything() -> None:
    held = door_keys.learn(DoorKeys(), MEMBERS.keyring(0), revocations(epoch=0, keyring=0))

    assert held is not None
    assert held.issued_s == pytest.approx(1_800_000_000 - 3_600)
