from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.zones import Came, Stay, stays

STORIES = [
    pytest.param([], 60, [], id="nobody knows when they came"),
    pytest.param([("a", 0)], 60, [("a", 0, 60)], id="one zone"),
    pytest.param([("a", 0), ("b", 20)], 60, [("a", 0, 20), ("b", 20, 40)], id="moves on"),
    pytest.param(
        [("a", 0), ("b", 20), ("a", 50)],
        60,
        [("a", 0, 20), ("b", 20, 30), ("a", 50, 10)],
        id="comes back: two stays",
    ),
    pytest.param([("a", 0), ("b", 70)], 60, [("a", 0, 70), ("b", 70, 0)], id="only just seen"),
]


@pytest.mark.parametrize(("path", "dwell_s", "expected"), STORIES)
def test_a_visit_becomes_stays(
    path: list[tuple[str, int]], dwell_s: float, expected: list[tuple[str, int, int]]
) -> None:
    came = [Came(zone, 1000 * at_s) for zone, at_s in path]
    said = [Stay(zone, 1000 * at_s, stayed_s) for zone, at_s, stayed_s in expected]
    assert list(stays(came, dwell_s)) == said


@given(st.lists(st.integers(0, 600), min_size=1, max_size=6).map(sorted), st.integers(600, 900))
def test_stays_together_are_the_whole_visit(at_s: list[int], until_s: int) -> None:
    came = [Came(str(number), 1000 * one) for number, one in enumerate(at_s)]
    found = list(stays(came, until_s - at_s[0]))
    assert sum(one.stayed_s for one in found) == until_s - at_s[0]
