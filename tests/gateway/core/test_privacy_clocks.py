"""By when a request is answered and done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.core.changes import Ask
from gateway.core.privacy_clocks import Clocks, answer_ms, due_ms


def ms(day: int, hour: int = 9) -> int:
    return int(datetime(2026, 3, day, hour, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        pytest.param(2, 4, id="Monday to Wednesday"),
        pytest.param(5, 9, id="Thursday over the weekend"),
        pytest.param(6, 10, id="Friday over the weekend"),
        pytest.param(7, 10, id="Saturday: Monday is the first"),
        pytest.param(8, 10, id="Sunday, too"),
    ],
)
def test_an_answer_comes_within_two_working_days(asked: int, answered: int) -> None:
    assert answer_ms(ms(asked)) == ms(answered)


def test_each_sort_of_request_has_its_own_days() -> None:
    clocks = Clocks(see=1, erase=2, erase_shop=3)

    assert [due_ms(clocks, ask, ms(1)) for ask in (Ask.SEE, Ask.ERASE, Ask.ERASE_SHOP)] == [
        ms(2),
        ms(3),
        ms(4),
    ]
