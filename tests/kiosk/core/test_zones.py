from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.signal import Signal
from kiosk.core.zones import nearest


def at(loud_dbm: float, usual_dbm: float = -70.0, heard_s: float = 100.0) -> Signal:
    return Signal(heard_s, loud_dbm, loud_dbm, usual_dbm, 60.0, 0.0, 0, 1.0)


NOW_S = 100.0

CASES = [
    pytest.param({"a": at(-60)}, "", "a", id="the only one"),
    pytest.param({"a": at(-60)}, "a", "a", id="the only one keeps it"),
    pytest.param({"a": at(-60), "b": at(-55)}, "", "b", id="without a holder the loudest"),
    pytest.param({"a": at(-60), "b": at(-55)}, "gone", "b", id="a holder nobody knows"),
    pytest.param({"a": at(-40, heard_s=96), "b": at(-70)}, "", "b", id="the loudest that hears it"),
    pytest.param({"a": at(-60), "b": at(-60)}, "b", "b", id="on equal the holder"),
    pytest.param({"a": at(-60), "b": at(-54)}, "a", "a", id="6 dB are not enough"),
    pytest.param({"a": at(-60), "b": at(-53.9)}, "a", "b", id="more than 6 dB are"),
    pytest.param(
        {"a": at(-60), "b": at(-53), "c": at(-50)}, "a", "c", id="the loudest of two challengers"
    ),
    pytest.param(
        {"a": at(-60), "c": at(-50), "b": at(-53)}, "a", "c", id="in whatever order they are heard"
    ),
    pytest.param(
        {"a": at(-60, usual_dbm=-60), "b": at(-58, usual_dbm=-70)}, "a", "b", id="and it is news"
    ),
    pytest.param(
        {"a": at(-60, usual_dbm=-60), "b": at(-58, usual_dbm=-62)}, "a", "a", id="hardly news"
    ),
    pytest.param(
        {"a": at(-60, usual_dbm=-50), "b": at(-61, usual_dbm=-80)}, "a", "a", id="news, but fainter"
    ),
    pytest.param(
        {"a": at(-60), "b": at(-40, heard_s=96.9)}, "a", "a", id="what is older than 3 s cannot win"
    ),
    pytest.param({"a": at(-60), "b": at(-40, heard_s=97)}, "a", "b", id="3 s are not older"),
    pytest.param(
        {"a": at(-50, heard_s=97), "b": at(-56)}, "a", "a", id="a holder may be silent for 3 s"
    ),
    pytest.param(
        {"a": at(-50, heard_s=85), "b": at(-67.9)}, "a", "b", id="but 12 s more cost it 24 dB"
    ),
    pytest.param({"a": at(-50, heard_s=85), "b": at(-68.1)}, "a", "a", id="and not more than that"),
]


@pytest.mark.parametrize(("signals", "holder", "expected"), CASES)
def test_who_holds_the_tag(signals: Mapping[str, Signal], holder: str, expected: str) -> None:
    assert nearest(signals, holder, NOW_S) == expected


def test_a_slow_tag_does_not_lose_its_holder_between_two_words() -> None:
    slow = at(-50, heard_s=88)._replace(interval_s=6.0)

    assert nearest({"a": slow, "b": at(-55)}, "a", NOW_S) == "a"
    assert nearest({"a": slow._replace(interval_s=1.0), "b": at(-55)}, "a", NOW_S) == "b"


heard = st.builds(at, st.floats(-76, -30), st.floats(-76, -30), st.floats(80, 100, allow_nan=False))


@given(st.dictionaries(st.sampled_from("abcdef"), heard, min_size=1), st.sampled_from("abcdefg"))
def test_asking_twice_gives_the_same_holder(signals: dict[str, Signal], holder: str) -> None:
    once = nearest(signals, holder, NOW_S)

    assert once in signals
    assert nearest(signals, once, NOW_S) == once
