import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contract import identities
from contract.identities import BLOCK_S
from contract.messages import TrustedEid
from kiosk.core.eids import AHEAD_WINDOWS, EidTable

KEY = bytes(range(16))
STARTED_S = 1_790_000_000
WINDOW_S = 1 << 10


def trusted(
    tag: str = "t-1", key: bytes = KEY, exponent: int = 10, unsure_s: int = 0, blocks: int = 3
) -> TrustedEid:
    keys = tuple(identities.temporary_key(key, block).hex() for block in range(blocks))
    return TrustedEid(tag, exponent, STARTED_S, unsure_s, 0, keys)


def advertised(counter_s: int, key: bytes = KEY, exponent: int = 10) -> bytes:
    return identities.eid(key, exponent, counter_s)


def table(*tags: TrustedEid, counter_s: int = 0) -> EidTable:
    eids = EidTable()
    eids.know(tags)
    eids.refresh(STARTED_S + counter_s)
    return eids


MIDDLE_S = 20 * WINDOW_S + WINDOW_S // 2


@pytest.mark.parametrize(
    ("drift_s", "is_found"),
    [
        pytest.param(0, True, id="in its own window"),
        pytest.param(WINDOW_S, True, id="one window ahead"),
        pytest.param(-WINDOW_S, True, id="one window behind"),
        pytest.param(2 * WINDOW_S, False, id="two windows ahead"),
        pytest.param(-2 * WINDOW_S, False, id="two windows behind, or played again"),
    ],
)
def test_a_tag_is_found_in_its_window_and_one_to_each_side(drift_s: int, is_found: bool) -> None:
    eids = table(trusted(), counter_s=MIDDLE_S)

    found = eids.find(advertised(MIDDLE_S + drift_s), STARTED_S + MIDDLE_S)

    assert (found is not None) is is_found


def test_the_longer_a_clock_was_left_alone_the_further_it_may_be_off() -> None:
    eids = table(trusted(unsure_s=3 * WINDOW_S), counter_s=MIDDLE_S)
    now_s = STARTED_S + MIDDLE_S

    assert all(eids.find(advertised(MIDDLE_S + n * WINDOW_S), now_s) for n in range(-4, 5))
    assert not eids.find(advertised(MIDDLE_S + 5 * WINDOW_S), now_s)
    assert not eids.find(advertised(MIDDLE_S - 5 * WINDOW_S), now_s)


@pytest.mark.parametrize(
    ("counter_s", "ahead_s"),
    [
        pytest.param(20 * WINDOW_S, 0, id="as reckoned"),
        pytest.param(21 * WINDOW_S - 1, 0, id="still as reckoned"),
        pytest.param(21 * WINDOW_S, -1, id="just behind"),
        pytest.param(20 * WINDOW_S - 1, 1, id="just ahead"),
        pytest.param(21 * WINDOW_S + 99, -100, id="behind"),
        pytest.param(19 * WINDOW_S, WINDOW_S, id="ahead"),
    ],
)
def test_a_match_tells_how_far_the_clock_is_off_at_least(counter_s: int, ahead_s: int) -> None:
    eids = table(trusted(), counter_s=counter_s)

    assert eids.find(advertised(20 * WINDOW_S), STARTED_S + counter_s) == ("t-1", ahead_s)


def test_a_stranger_is_nobody() -> None:
    eids = table(trusted(), counter_s=MIDDLE_S)

    assert eids.find(advertised(MIDDLE_S, key=bytes(16)), STARTED_S + MIDDLE_S) is None


def test_a_tag_is_followed_through_all_its_keys_and_not_beyond() -> None:
    eids = table(trusted(blocks=2))
    windows = range(2 * BLOCK_S // WINDOW_S + 3)

    found = []
    for window in windows:
        now_s = STARTED_S + window * WINDOW_S + 7
        eids.refresh(now_s)
        found.append(eids.find(advertised(window * WINDOW_S), now_s))
        assert len(eids) <= AHEAD_WINDOWS + 3

    assert found == [("t-1", 0)] * (2 * BLOCK_S // WINDOW_S) + [None] * 3


def test_the_next_bundle_goes_on_where_the_last_one_ends() -> None:
    eids = table(trusted(blocks=1), counter_s=BLOCK_S - 1)
    ready = len(eids)
    both = trusted(blocks=2)
    eids.know([structs.replace(both, started_s=STARTED_S + 5)])
    assert len(eids) == ready  # nothing was thrown away
    now_s = STARTED_S + 5 + BLOCK_S
    eids.refresh(now_s)

    assert eids.find(advertised(BLOCK_S), now_s) == ("t-1", 0)


def test_what_a_bundle_says_of_a_clock_holds_at_once() -> None:
    eids = table(trusted(), counter_s=MIDDLE_S)
    now_s = STARTED_S + MIDDLE_S

    eids.know([structs.replace(trusted(), started_s=STARTED_S + WINDOW_S)])
    assert eids.find(advertised(MIDDLE_S - WINDOW_S), now_s) == ("t-1", 0)
    assert eids.find(advertised(MIDDLE_S - 3 * WINDOW_S), now_s) is None
    eids.know([trusted(unsure_s=3 * WINDOW_S)])
    assert eids.find(advertised(MIDDLE_S + 4 * WINDOW_S), now_s) is not None


def test_a_tag_with_a_new_key_forgets_the_old_one() -> None:
    eids = table(trusted(), counter_s=MIDDLE_S)
    eids.know([trusted(key=bytes(16))])
    eids.refresh(STARTED_S + MIDDLE_S)

    assert eids.find(advertised(MIDDLE_S), STARTED_S + MIDDLE_S) is None
    assert eids.find(advertised(MIDDLE_S, key=bytes(16)), STARTED_S + MIDDLE_S) == ("t-1", 0)


def test_a_tag_that_is_trusted_no_more_leaves_nothing() -> None:
    eids = table(trusted(), trusted("t-2", key=bytes(16)), counter_s=MIDDLE_S)
    eids.know([trusted("t-2", key=bytes(16))])

    assert eids.find(advertised(MIDDLE_S), STARTED_S + MIDDLE_S) is None
    assert eids.find(advertised(MIDDLE_S, key=bytes(16)), STARTED_S + MIDDLE_S) == ("t-2", 0)
    eids.know([])
    assert len(eids) == 0


def test_many_tags_are_made_ready_a_few_at_a_time() -> None:
    eids = EidTable()
    eids.know([trusted(f"t-{n}", key=n.to_bytes(16)) for n in range(10)])

    per_tag = AHEAD_WINDOWS + 2
    for ready in (4, 8, 10, 10):
        eids.refresh(STARTED_S, at_most=4)
        assert len(eids) == ready * per_tag


@pytest.mark.parametrize("set_to_s", [5 * WINDOW_S, 40 * WINDOW_S, 2 * BLOCK_S])
def test_a_clock_that_is_set_changes_what_is_expected(set_to_s: int) -> None:
    eids = table(trusted(), counter_s=MIDDLE_S)

    eids.refresh(STARTED_S + set_to_s)

    assert eids.find(advertised(set_to_s), STARTED_S + set_to_s) == ("t-1", 0)
    assert eids.find(advertised(MIDDLE_S), STARTED_S + set_to_s) is None


@given(
    st.integers(0, 15),
    st.integers(0, 3 * BLOCK_S - 1),
    st.integers(0, 300),
    st.lists(st.integers(-400, 90_000), max_size=6),
)
def test_whatever_the_clock_did_a_tag_is_found(
    exponent: int, start_s: int, unsure_s: int, steps_s: list[int]
) -> None:
    eids = EidTable()
    eids.know([trusted(exponent=exponent, unsure_s=unsure_s)])
    counter_s = start_s
    for step_s in (0, *steps_s):
        counter_s = max(0, counter_s + step_s)
        eids.refresh(STARTED_S + counter_s)
        found = eids.find(advertised(counter_s, exponent=exponent), STARTED_S + counter_s)

        if counter_s < 3 * BLOCK_S:
            assert found == ("t-1", 0)
