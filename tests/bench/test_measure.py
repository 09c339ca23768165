from bench.measure import rates, times, turn_by_turn


def work(steps: int) -> int:
    return sum(range(steps))


def test_twice_the_work_takes_about_twice_the_time() -> None:
    _, _, ratio = turn_by_turn(lambda: work(5_000), lambda: work(10_000))

    assert 1.3 < ratio < 3


def test_a_rate_and_a_time_say_better_in_the_same_way() -> None:
    """Half the peer's speed is a ratio of a half, whether counted or timed."""

    def slow() -> object:
        return work(20_000)

    def fast() -> object:
        return work(5_000)

    rate = rates("x", "steps/s", 100, slow, fast)
    time = times("x", "ms", 1_000, slow, fast)

    assert rate.ratio is not None
    assert time.ratio is not None
    assert rate.ratio < 0.5 > time.ratio
    assert rate.peer is not None
    assert rate.value < rate.peer
    assert time.peer is not None
    assert time.value > time.peer
