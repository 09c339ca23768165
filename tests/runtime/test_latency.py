"""Percentiles of the newest durations."""

from runtime.latency import KEPT, Latencies


def test_nothing_measured_has_no_percentile() -> None:
    assert Latencies().percentile_ms(95) is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    latencies = Latencies()
    for duration_ms in range(100, 0, -1):
        latencies.add(duration_ms)

    assert (latencies.percentile_ms(50), latencies.percentile_ms(95)) == (51, 96)
    assert latencies.percentile_ms(100) == 100


def test_only_the_newest_are_kept() -> None:
    latencies = Latencies()
    latencies.add(9_999)
    for _ in range(KEPT):
        latencies.add(1)

    assert latencies.percentile_ms(100) == 1
