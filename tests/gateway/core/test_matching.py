"""Which pass is a replay, in whatever order its uses are heard of."""

from __future__ import annotations

import pytest

from gateway.core.matching import SAME_CHECK_IN_MS, PassUse, is_replay
from gateway.core.visits import Place

NOON_MS = 1_772_341_200_000


def use(slot: int = 100, kiosk: str = "quay-1", after_ms: int = 0, store: str = "hue-1") -> PassUse:
    return PassUse(slot, Place(store, kiosk, NOON_MS + after_ms))


@pytest.mark.parametrize(
    ("now", "is_one"),
    [
        pytest.param(use(after_ms=SAME_CHECK_IN_MS), False, id="the same check-in"),
        pytest.param(use(after_ms=-5_000), False, id="the same, heard of the other way round"),
        pytest.param(use(after_ms=SAME_CHECK_IN_MS + 1), True, id="held up again much later"),
        pytest.param(use(kiosk="quay-2", after_ms=5_000), True, id="at another kiosk"),
        pytest.param(use(store="hue-2"), True, id="in another store"),
        pytest.param(use(101, "quay-2", 15_000), False, id="the next pass at another kiosk"),
        pytest.param(use(99, after_ms=1_000), True, id="an older picture"),
        pytest.param(use(99, "quay-2", -15_000), False, id="an older pass shown before, late"),
    ],
)
def test_a_pass_after_one_that_was_shown(now: PassUse, is_one: bool) -> None:
    assert is_replay(now, [use()]) is is_one


def test_the_first_pass_is_never_a_replay() -> None:
    assert not is_replay(use(), [])
