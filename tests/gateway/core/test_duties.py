"""What is due, and how often somebody is reminded of it."""

from __future__ import annotations

import pytest

from gateway.core.consent_texts import DAY_MS
from gateway.core.duties import TITLES, Due, Duty, Filed, notice, of_file

HALF_YEAR_MS = 182 * DAY_MS


def test_nothing_is_due_before_somebody_agreed() -> None:
    assert of_file(None, Filed()) == []


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        pytest.param(Filed(), [(Duty.ASSESSMENT, 60), (Duty.REVIEW, 182)], id="from the first yes"),
        pytest.param(Filed(50 * DAY_MS), [(Duty.REVIEW, 232)], id="six months from when it went"),
        pytest.param(
            Filed(50 * DAY_MS, 200 * DAY_MS), [(Duty.REVIEW, 382)], id="and from each review"
        ),
    ],
)
def test_the_file_goes_out_in_sixty_days_and_is_renewed_every_half_year(
    filed: Filed, due: list[tuple[Duty, int]]
) -> None:
    assert [(one.duty, one.due_ms // DAY_MS) for one in of_file(0, filed)] == due


@pytest.mark.parametrize(
    ("duty", "days_before", "stage"),
    [
        (Duty.ASSESSMENT, 15, 0),
        (Duty.ASSESSMENT, 14, 1),
        (Duty.REVIEW, 3, 2),
        (Duty.REVIEW, 0, 3),
        (Duty.REQUEST, 4, 0),
        (Duty.REQUEST, -5, 2),
        (Duty.INCIDENT, 3, 1),
        (Duty.INCIDENT, 1, 2),
    ],
)
def test_each_is_told_when_it_comes_near_and_when_it_is_over(
    duty: Duty, days_before: int, stage: int
) -> None:
    assert Due(duty, 100 * DAY_MS, 1).stage((100 - days_before) * DAY_MS) == stage


def test_a_notice_says_what_and_how_long_in_both_languages() -> None:
    due = Due(Duty.INCIDENT, 3 * DAY_MS, 7)

    said, late = notice(due, 2 * DAY_MS), notice(due, 6 * DAY_MS)

    assert said.title.en == "Hiên: Tell the authority of an incident #7"
    assert said.body.en.startswith("24 hours are left.")
    assert late.body.vi.startswith("Đã quá hạn 3 ngày.")
    assert set(TITLES) == set(Duty)
