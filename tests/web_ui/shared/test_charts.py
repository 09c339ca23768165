from __future__ import annotations

import pytest

from web_ui.shared import charts


@pytest.mark.parametrize(
    ("highest", "end"),
    [(0, 4), (1, 1), (3, 5), (7, 10), (10, 10), (11, 20), (0.3, 0.5), (2.1, 2.5)],
)
def test_a_scale_ends_at_a_round_number_not_below_the_highest(highest: float, end: float) -> None:
    assert charts.nice(highest) == pytest.approx(end)


@pytest.mark.parametrize(
    ("highest", "end"),
    [(0, 4), (1, 4), (4, 4), (5, 8), (12, 12), (13, 20), (21, 40), (40, 40), (140_000, 200_000)],
)
def test_between_whole_numbers_no_line_stands_for_a_part_of_one(highest: float, end: float) -> None:
    lines = charts.bars([highest, None], ["a", "b"], ["", ""]).lines
    assert lines[-1].value == end
    assert all(line.value == int(line.value) for line in lines)


def test_bars_stand_on_one_line_and_are_as_high_as_their_values() -> None:
    chart = charts.bars([6, 12, 0], ["a", "b", "c"], ["6", "12", "0"])
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


def test_a_heat_map_has_a_cell_a_value_each_with_its_number_and_a_gap_where_nobody_knows() -> None:
    values: list[list[float | None]] = [[0, 1.0, 10.0], [None, 4.1, 2.0]]
    found = charts.heat(
        values, ["Mo", "Tu"], ["8", "9", "10"], lambda row, at: (f"{row}{at}", "says")
    )
    assert [cell.shade for cell in found.cells] == [0, 1, 5, 0, 3, 1]
    assert [cell.is_gap for cell in found.cells] == [False, False, False, True, False, False]
    assert [cell.text for cell in found.cells] == ["00", "01", "02", "10", "11", "12"]
    assert len({(cell.x, cell.y) for cell in found.cells}) == 6
    assert found.cells[0].middle == (found.columns[0].x, found.rows[0].y)


def test_a_whole_week_of_hours_stays_within_the_picture() -> None:
    found = charts.heat([[1.0] * 24] * 7, ["d"] * 7, ["h"] * 24, lambda _row, _at: ("", ""))
    assert max(cell.x + found.cell_wide for cell in found.cells) <= found.width
    assert max(cell.y + found.cell_high for cell in found.cells) <= found.height


def test_where_there_is_nothing_at_all_everything_is_pale() -> None:
    found = charts.heat([[0.0, None]], ["Mo"], ["8", "9"], lambda _row, _at: ("", ""))
    assert [cell.shade for cell in found.cells] == [0, 0]
