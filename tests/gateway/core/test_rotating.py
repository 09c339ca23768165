"""What the gateway tells of a rotating tag is what a kiosk needs to find it, and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import identities
from contract.identities import BLOCK_S
from gateway.core.rotating import RotatingTag, TagClock
from kiosk.core.eids import EidTable

KEY = bytes(range(16))
STARTED_S, NOW_S = 1_780_000_000, 1_790_000_000
DAY_S = 86_400


def tag(exponent: int = 10, set_at_s: int = NOW_S) -> RotatingTag:
    return RotatingTag("t-1", exponent, KEY, TagClock(STARTED_S, set_at_s))


def test_a_tag_just_set_right_is_sure_within_seconds() -> None:
    told = tag().for_kiosks(NOW_S, NOW_S + DAY_S)

    assert (told.tag, told.exponent, told.started_s) == ("t-1", 10, STARTED_S)
    assert told.unsure_s == 13  # 150 ppm of a day
    assert told.first_block == (NOW_S - STARTED_S) // BLOCK_S
    assert 2 <= len(told.keys) <= 4


def test_the_longer_ago_the_less_sure_up_to_a_bound() -> None:
    assert tag(set_at_s=NOW_S - 100 * DAY_S).for_kiosks(NOW_S, NOW_S).unsure_s == 1296
    assert tag(set_at_s=0).for_kiosks(NOW_S, NOW_S).unsure_s == BLOCK_S


def test_the_identity_key_stays_at_home() -> None:
    told = tag().for_kiosks(NOW_S, NOW_S + DAY_S)

    assert KEY.hex() not in told.keys
    assert repr(KEY) not in repr(tag())


@given(st.integers(0, 15), st.integers(0, 200 * DAY_S), st.integers(0, DAY_S), st.floats(-1, 1))
def test_a_kiosk_finds_the_tag_whatever_its_clock_did_within_the_specification(
    exponent: int, unseen_s: int, later_s: int, drift: float
) -> None:
    told = tag(exponent, NOW_S - unseen_s).for_kiosks(NOW_S, NOW_S + DAY_S)
    table = EidTable()
    table.know([told])
    at_s = NOW_S + later_s
    table.refresh(at_s)
    off_s = int(drift * 150e-6 * (unseen_s + later_s))

    found = table.find(identities.eid(KEY, exponent, at_s - STARTED_S + off_s), at_s)

    assert found is not None
    assert found[1] == pytest.approx(off_s, abs=1 << exponent)
