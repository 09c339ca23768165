"""Contacts bounce; a switch changes once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.debounce import SETTLES_S, Line, settle

Looks = list[tuple[float, bool]]  # at second, what it looks like


def changes(looks: Looks) -> Looks:
    line, found = None, []
    for at_s, looks_on in looks:
        line, has_changed = settle(line, looks_on, at_s)
        if has_changed:
            found.append((at_s, line.is_on))
    return found


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        pytest.param([(0, False)], [(0, False)], id="the first look is news"),
        pytest.param([(0, True), (9, True)], [(0, True)], id="nothing happens"),
        pytest.param([(0, False), (1, True), (1.04, True)], [(0, False)], id="not yet"),
        pytest.param(
            [(0, False), (1, True), (1.05, True)], [(0, False), (1.05, True)], id="pressed"
        ),
        pytest.param(
            [(0, False), (1, True), (1.02, False), (1.04, True), (1.06, True), (1.08, True)],
            [(0, False)],
            id="bouncing",
        ),
        pytest.param(
            [(0, False), (1, True), (1.02, False), (1.04, True), (1.1, True)],
            [(0, False), (1.1, True)],
            id="bounced, then settled",
        ),
        pytest.param(
            [(0, True), (1, False), (1.06, False), (2, True), (2.06, True)],
            [(0, True), (1.06, False), (2.06, True)],
            id="released and pressed again",
        ),
    ],
)
def test_a_switch_changes_when_it_has_settled(looks: Looks, found: Looks) -> None:
    assert changes(looks) == found


@given(st.lists(st.tuples(st.floats(0.001, 0.2), st.booleans()), max_size=60))
def test_changes_alternate_and_none_comes_before_it_has_settled(steps: Looks) -> None:
    at_s, looks = 0.0, []
    for pause_s, looks_on in steps:
        at_s += pause_s
        looks.append((at_s, looks_on))
    found = changes(looks)

    assert all(a[1] is not b[1] for a, b in pairwise(found))
    for changed_s, is_on in found[1:]:
        others = [s for s, looks_on in looks if s <= changed_s and looks_on is not is_on]
        steady = [s for s, looks_on in looks if others[-1] <= s <= changed_s and looks_on is is_on]
        assert changed_s - steady[0] >= SETTLES_S


def test_a_line_remembers_only_while_it_looks_otherwise() -> None:
    line, _ = settle(Line(is_on=False), looks_on=True, now_s=1.0)
    assert line.otherwise_s == 1.0
    line, _ = settle(line, looks_on=False, now_s=1.01)
    assert line.otherwise_s is None
