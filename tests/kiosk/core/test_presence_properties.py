from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.presence import Change, Phase, Presence, PresenceRules, step

RULES = PresenceRules()

heard = st.none() | st.integers(-100, -40)
signals = st.lists(st.tuples(st.floats(0, 30, allow_nan=False), heard), max_size=60)
Signal = list[tuple[float, int | None]]


def play(signal: Signal) -> list[tuple[float, Presence, Change | None]]:
    presence, now_s, steps = Presence(), 0.0, []
    for gap_s, rssi_dbm in signal:
        now_s += gap_s
        presence, change = step(presence, RULES, now_s, rssi_dbm)
        steps.append((now_s, presence, change))
    return steps


@given(signals)
def test_arrivals_and_departures_alternate(signal: Signal) -> None:
    changes = [change for _, _, change in play(signal) if change is not None]

    assert changes[::2] == [Change.ARRIVED] * len(changes[::2])
    assert changes[1::2] == [Change.LEFT] * len(changes[1::2])


@given(signals)
def test_only_a_sample_brings_an_arrival(signal: Signal) -> None:
    for (_, rssi_dbm), (_, _, change) in zip(signal, play(signal), strict=True):
        assert rssi_dbm is not None or change is not Change.ARRIVED


@given(st.lists(st.tuples(st.floats(0, 30), st.none() | st.integers(-100, -67)), max_size=60))
def test_a_weak_signal_never_arrives(signal: Signal) -> None:
    assert all(change is None for _, _, change in play(signal))


@given(signals, st.lists(st.floats(0, 2), min_size=3, max_size=60))
def test_whoever_stays_close_arrives(before: Signal, gaps_s: list[float]) -> None:
    close: Signal = [(gap_s, -40) for gap_s in gaps_s]
    last = play(before + close + [(2.0, -40)] * 10)[-1][1]

    assert last.phase is Phase.HERE


@given(signals)
def test_everybody_leaves_in_the_end(signal: Signal) -> None:
    steps = play([*signal, (6 * 10.24 + 0.1, None)])
    changes = [change for _, _, change in steps if change is not None]

    assert steps[-1][1] == Presence()
    assert changes.count(Change.ARRIVED) == changes.count(Change.LEFT)


@given(signals)
def test_a_visit_is_never_shorter_than_nothing_nor_longer_than_the_time(signal: Signal) -> None:
    for now_s, presence, _ in play(signal):
        assert 0 <= presence.dwell_s <= now_s


@given(
    st.lists(st.tuples(st.integers(0, 20), heard), max_size=60),
    st.lists(st.integers(0, 20), min_size=60, max_size=60),
)
def test_asking_more_often_changes_no_visit(
    signal: list[tuple[int, int | None]], splits_s: list[int]
) -> None:
    often: Signal = []
    for (gap_s, rssi_dbm), split_s in zip(signal, splits_s, strict=False):
        first_s = min(split_s, gap_s)
        often += [(first_s, None), (gap_s - first_s, rssi_dbm)]

    def visits(signal: Signal) -> list[Change]:
        return [change for _, _, change in play(signal) if change is not None]

    assert visits(often) == visits([(gap_s, rssi_dbm) for gap_s, rssi_dbm in signal])


def test_two_changes_never_fall_into_one_step() -> None:
    """A tag that is late leaves; its sample only begins the next approach."""
    here = play([(1, -40)] * 4)[-1][1]

    presence, change = step(here, RULES, 1_000, -40)

    assert change is Change.LEFT
    assert (presence.phase, presence.samples) == (Phase.NEARING, 1)
