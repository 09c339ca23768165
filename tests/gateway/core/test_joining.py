"""A ticket is for one number and a quarter of an hour; a name is what a person may be called."""

from __future__ import annotations

import pytest

from gateway.core import joining

KEY, NUMBER, NOW_MS = b"k" * 32, "+84901777001", 1_000
GOOD = joining.ticket(KEY, NUMBER, NOW_MS + 1)


@pytest.mark.parametrize(
    ("key", "number", "said", "now_ms", "is_good"),
    [
        pytest.param(KEY, NUMBER, GOOD, NOW_MS, True, id="its own"),
        pytest.param(KEY, NUMBER, GOOD, NOW_MS + 1, False, id="too late"),
        pytest.param(KEY, "+84901777002", GOOD, NOW_MS, False, id="another number"),
        pytest.param(b"j" * 32, NUMBER, GOOD, NOW_MS, False, id="another gateway"),
        pytest.param(
            KEY, NUMBER, GOOD.replace("1001", "9999", 1), NOW_MS, False, id="a longer life"
        ),
        pytest.param(KEY, NUMBER, "", NOW_MS, False, id="none"),
        pytest.param(KEY, NUMBER, "²-x", NOW_MS, False, id="no number"),
        pytest.param(KEY, NUMBER, "1001-é", NOW_MS, False, id="no hash"),
    ],
)
def test_a_ticket(key: bytes, number: str, said: str, now_ms: int, is_good: bool) -> None:
    assert joining.is_good(key, number, said, now_ms) is is_good


@pytest.mark.parametrize(
    ("said", "name"),
    [("  Trần  Ngọc ", "Trần Ngọc"), ("", None), (" \t", None), ("x" * 81, None), ("a\x00b", None)],
)
def test_a_name(said: str, name: str | None) -> None:
    assert joining.name_of(said) == name
