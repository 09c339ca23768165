from __future__ import annotations

import pytest

from web_ui.shared import charts


@pytest.mark.parametrize(
    ("highest", "end"),
    [(0, 4), (1, 1), (3, 5), (7, 10), (10, 10), (11, 20), (0.3, 0.5), (2.1, 2.5)],
)
def test_a_scale_ends_at_a_round_number_not_below_the_highest(highest: float, end: float) -> None:
    assert charts.nice(highest) == pytest.approx(end)


def test_bars_stand_on_one_line_and_are_as_high_as_their_values() -> None:
    chart = charts.bars([5, 10, 0], ["a", "b", "c"], ["5", "10", "0"])
    half, whole, none = chart.bars
    assert whole.height == 2 * half.height == charts.HEIGHT - charts.TOP - charts.BOTTOM
    assert none.height == 0
    assert {bar.y + bar.height for bar in chart.bars} == {charts.HEIGHT - charts.BOTTOM}


def test_what_is_unknown_is_a_gap_and_not_nothing() -> None:
    gap, nothing = charts.bars([None, 0], ["a", "b"], ["-", "0"]).bars
    assert gap.is_gap
    assert gap.height > 0
    assert not nothing.is_gap


def test_no_more_than_ten_days_have_their_words_below() -> None:
    chart = charts.bars([1.0] * 91, ["x"] * 91, [""] * 91)
    assert sum(bar.label != "" for bar in chart.bars) <= 10
    assert chart.bars[-1].x + chart.bars[-1].width <= charts.WIDTH
