"""What becomes of a frame in each kind of weather, and what a run without any weather is worth."""

from __future__ import annotations

from random import Random

import pytest

from simulator.faults import network
from simulator.faults.emulator import HEADER_BYTES, Counts, Weather, fates, flipped
from simulator.faults.scenario import Tally
from simulator.faults.weather import KINDS, with_counts

FRAME = bytes(range(100))
MANY = 2_000


@pytest.mark.parametrize(
    ("weather", "found"),
    [
        pytest.param(Weather(), [(0.0, FRAME)], id="calm"),
        pytest.param(Weather(delay_s=0.8), [(0.8, FRAME)], id="late"),
        pytest.param(Weather(delay_s=0.8, hurried=1), [(0.0, FRAME)], id="before its turn"),
        pytest.param(Weather(doubled=1), [(0.0, FRAME)] * 2, id="twice"),
        pytest.param(Weather(lost=1), [], id="lost"),
        pytest.param(Weather(is_cut=True), [], id="cut"),
    ],
)
def test_a_frame_comes_out_as_the_weather_is(
    weather: Weather, found: list[tuple[float, bytes]]
) -> None:
    assert fates(FRAME, weather, Random(1), Counts()) == found


def test_shares_are_kept_and_counted() -> None:
    counts, random = Counts(), Random(1)
    weather = Weather(0.1, 0.05, lost=0.3, doubled=0.2, flipped=0.1)
    out = [one for _ in range(MANY) for one in fates(FRAME, weather, random, counts)]

    assert counts.relayed == MANY
    assert counts.lost / MANY == pytest.approx(0.3, abs=0.03)
    assert len(out) == MANY - counts.lost + counts.doubled
    assert counts.doubled / (MANY - counts.lost) == pytest.approx(0.2, abs=0.03)
    assert sum(frame != FRAME for _, frame in out) == counts.flipped > 0
    assert min(late_s for late_s, _ in out) >= 0.05
    assert max(late_s for late_s, _ in out) <= 0.15


def test_one_bit_is_flipped_and_never_in_ethernets_own_header() -> None:
    for seed in range(MANY):
        found = flipped(FRAME, Random(seed))
        assert found[:HEADER_BYTES] == FRAME[:HEADER_BYTES]
        assert (int.from_bytes(found) ^ int.from_bytes(FRAME)).bit_count() == 1


def test_every_kind_is_some_weather_and_without_any_a_run_has_shown_nothing() -> None:
    assert all(KINDS[kind](Random(1)) != Weather() for kind in KINDS)
    tally = Tally(1, 1, 1)
    assert with_counts(tally, Counts(9, 1, 1, 1)).is_kept
    assert not with_counts(tally, Counts(9, 0, 1, 1)).is_kept


def test_who_is_not_root_reads_why_there_is_no_weather() -> None:
    assert network.missing(user=1_000).endswith("run this as root")
