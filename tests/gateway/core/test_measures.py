from __future__ import annotations

from pathlib import Path

import pytest

from gateway.core.measures import MEASURES, Measure, Tally, number, together

PAGE = Path(__file__).parents[3] / "docs/metrics.md"


def test_the_page_says_of_every_measure_what_the_program_says() -> None:
    table = PAGE.read_text()
    for measure, definition in MEASURES.items():
        said = (definition.name, definition.meaning, definition.unknown)
        row = f"| `{measure}` | {' | '.join(text.en for text in said)} |"
        assert row in table
    assert list(MEASURES) == list(Measure)


@pytest.mark.parametrize(
    ("measure", "tally", "expected"),
    [
        (Measure.VISITS, Tally(), 0),
        (Measure.VISITS, Tally(3, 3), 3),
        (Measure.GIVEN_VND, Tally(2, 20_000), 20_000),
        (Measure.DWELL_S, Tally(2, 900), 450),
        (Measure.DWELL_S, Tally(), None),
        (Measure.RETURNING, Tally(3, 1), 100 / 3),
        (Measure.RETURNING, Tally(), None),
    ],
)
def test_cases_become_one_number(measure: Measure, tally: Tally, expected: float | None) -> None:
    assert number(measure, {measure: tally}) == expected


def test_a_share_of_two_measures_has_no_number_where_the_whole_is_nothing() -> None:
    tallies = {Measure.VISITS: Tally(3, 3), Measure.ENTRIES: Tally(4, 4)}
    assert number(Measure.CAPTURE, tallies) == 75
    assert number(Measure.CAPTURE, {Measure.VISITS: Tally(3, 3)}) is None


def test_days_are_added_up_case_by_case() -> None:
    days = [{Measure.DWELL_S: Tally(1, 600)}, {Measure.DWELL_S: Tally(2, 360)}, {}]
    assert together(days) == {Measure.DWELL_S: Tally(3, 960)}
