from __future__ import annotations

from itertools import count

import pytest

from gateway.core import api_keys
from gateway.core.api_keys import Scope, make, read
from gateway.core.pace import ASKERS, Pace


def test_a_key_reads_back_and_shows_its_secret_to_nobody() -> None:
    numbers = count(1)
    key = make(lambda size: next(numbers).to_bytes(size, "big"))

    assert read(key.text) == key
    assert key.text == f"hien_00000001_{'0' * 47}2"
    assert key.secret not in repr(key)
    assert key.secret not in key.digest


@pytest.mark.parametrize(
    "text", ["", "hien_0_0", f"hien_{'0' * 8}_{'0' * 47}G", f"hien_{'0' * 8}_{'0' * 48}\n"]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert read(text) is None


def test_scopes_are_a_closed_list() -> None:
    assert api_keys.scopes(["profiles:read"]) == frozenset({Scope.PROFILES_READ})
    assert api_keys.scopes(["profiles:read", "everything"]) == "everything"


def test_a_pace_allows_a_burst_and_then_so_many_a_second() -> None:
    pace = Pace(burst=3, per_s=2)

    assert [pace.wait_s("a", 10) for _ in range(4)] == [0, 0, 0, 0.5]
    assert pace.wait_s("b", 10) == 0
    assert [pace.wait_s("a", 10.5), pace.wait_s("a", 10.5)] == [0, 0.5]
    assert pace.wait_s("a", 9) == 0.5, "a clock that goes back gives nothing"
    assert [pace.wait_s("a", 99) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_pace_forgets_whoever_asked_longest_ago() -> None:
    pace = Pace(burst=1)
    for asker in range(ASKERS + 1):
        pace.wait_s(str(asker), 0)

    assert pace.wait_s("1", 0) > 0
    assert pace.wait_s("0", 0) == 0
