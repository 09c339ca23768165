"""How an incident stands, from what was said of it."""

from __future__ import annotations

import pytest

from gateway.core.incidents import HOUR_MS, TITLES, Incident, Said, Standing, What, due_ms

KNOWN = 1_000_000
DUE = due_ms(KNOWN, 72)
HAPPENED = Said(What.HAPPENED, "a kiosk was stolen", KNOWN, "lan")


def told(after_h: int) -> Said:
    return Said(What.AUTHORITY, "A05, by post", KNOWN, "lan", KNOWN + after_h * HOUR_MS)


CLOSED = Said(What.CLOSED, "nothing was lost", KNOWN, "lan")


@pytest.mark.parametrize(
    ("said", "hours", "standing"),
    [
        pytest.param([], 72, Standing.RUNNING, id="to the last moment"),
        pytest.param([], 73, Standing.LATE, id="nobody told the authority"),
        pytest.param([told(72)], 100, Standing.TOLD, id="told in time"),
        pytest.param([told(73)], 100, Standing.TOLD_LATE, id="told too late"),
        pytest.param([told(80), told(3)], 100, Standing.TOLD, id="the first time counts"),
        pytest.param([told(3), CLOSED], 100, Standing.CLOSED, id="over"),
    ],
)
def test_it_runs_until_the_authority_knows(
    said: list[Said], hours: int, standing: Standing
) -> None:
    incident = Incident(1, KNOWN, DUE, [HAPPENED, *said])

    assert incident.standing(KNOWN + hours * HOUR_MS) is standing


def test_the_last_word_counts_and_the_first_is_kept() -> None:
    corrected = Said(What.HAPPENED, "it was found again", KNOWN + 1, "lan")
    incident = Incident(1, KNOWN, DUE, [HAPPENED, corrected])

    assert incident.last(What.HAPPENED) == corrected
    assert incident.last(What.DATA) is None
    assert HAPPENED in incident.said


def test_every_sort_of_entry_has_its_title() -> None:
    assert set(TITLES) == set(What)
