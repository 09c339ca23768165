"""What a scanner types, and what of it is a text."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.wedge_keys import Key, Keys
from tests.kiosk.keyboard import LEFT_CTRL, SHIFT, TAB, keys

BASE45 = string.digits + string.ascii_uppercase + " $%*+-./:"
PRINTABLE = "".join(map(chr, range(32, 127)))


def read(typed: list[Key]) -> list[str]:
    scanner = Keys()
    return [text for key in typed if (text := scanner.take(key)) is not None]


@pytest.mark.parametrize("text", [BASE45, PRINTABLE, "MD1:ABC", "x" * 160])
def test_what_a_scanner_types_is_read(text: str) -> None:
    assert read(keys(text)) == [text]


def test_tab_ends_a_text_as_well_and_two_may_follow_each_other() -> None:
    assert read(keys("ONE", end=TAB) + keys("TWO", at_s=1.2)) == ["ONE", "TWO"]


@pytest.mark.parametrize("pad", [{82: "0", 79: "1", 73: "9", 83: ".", 98: "/", 55: "*"}])
def test_the_number_pad_types_as_well(pad: dict[int, str]) -> None:
    typed = [Key(code, 1, 1.0) for code in pad] + [Key(96, 1, 1.0)]

    assert read(typed) == ["".join(pad.values())]


def test_a_key_that_repeats_counts_once() -> None:
    assert read([Key(30, 1, 1.0), Key(30, 2, 1.1), Key(30, 2, 1.2), Key(28, 1, 1.2)]) == ["a"]


def test_both_shifts_work_and_one_released_leaves_the_other() -> None:
    typed = [Key(SHIFT, 1, 1), Key(54, 1, 1), Key(SHIFT, 0, 1), Key(30, 1, 1), Key(54, 0, 1)]

    assert read([*typed, Key(30, 1, 1), Key(28, 1, 1)]) == ["Aa"]


def test_somebody_at_a_keyboard_types_too_slowly_to_be_a_scanner() -> None:
    by_hand = [Key(30, 1, 1.0), Key(48, 1, 1.3), Key(28, 1, 1.6)]

    assert read(by_hand) == []


def test_half_a_text_does_not_become_the_beginning_of_the_next() -> None:
    assert read(keys("HALF", end=None) + keys("WHOLE", at_s=5.0)) == ["WHOLE"]


@pytest.mark.parametrize(
    "spoil", [keys("x" * 161, end=None), [Key(LEFT_CTRL, 1, 1.0)], [Key(59, 1, 1)]]
)
def test_what_is_too_long_or_no_character_spoils_its_text_only(spoil: list[Key]) -> None:
    at_s = spoil[-1].at_s + 0.01

    assert read(spoil + keys("A", at_s) + keys("B", at_s + 0.05)) == ["B"]


@given(st.lists(st.builds(Key, st.integers(0, 767), st.integers(-1, 3), st.floats(0, 10))))
def test_whatever_is_typed_only_short_ascii_goes_on(typed: list[Key]) -> None:
    for text in read(typed):
        assert text.isascii()
        assert text.isprintable()
        assert 0 < len(text) <= 160
