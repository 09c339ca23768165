from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.presence import NOBODY, Change, Phase, Presence, PresenceRules, hear, wait

RULES = PresenceRules(power_at_1m_dbm=-61, enter_below_1m_db=5)
RECEIVERS = ("door", "till", "shelf")

levels = st.none() | st.integers(-100, -40)
one_receiver = st.just("door")
any_receiver = st.sampled_from(RECEIVERS)
Signal = list[tuple[float, str, int | None]]  # seconds later, by which receiver, how loud


def signals(receivers: st.SearchStrategy[str] = any_receiver) -> st.SearchStrategy[Signal]:
    gaps_s = st.floats(0, 30, allow_nan=False) | st.floats(0, 1.5)
    return st.lists(st.tuples(gaps_s, receivers, levels), max_size=60)


def play(signal: Signal) -> list[tuple[float, Presence, Change | None]]:
    presence, now_s, steps = NOBODY, 0.0, []
    for gap_s, receiver, rssi_dbm in signal:
        now_s += gap_s
        if rssi_dbm is None:
            presence, change = wait(presence, RULES, now_s)
        else:
            presence, change = hear(presence, RULES, now_s, receiver, rssi_dbm)
        steps.append((now_s, presence, change))
    return steps


def changes(signal: Signal) -> list[Change]:
    return [change for _, _, change in play(signal) if change is not None]


@given(signals(one_receiver))
def test_one_receiver_tells_only_arrivals_and_departures_in_turn(signal: Signal) -> None:
    told = changes(signal)

    assert told[::2] == [Change.ARRIVED] * len(told[::2])
    assert told[1::2] == [Change.LEFT] * len(told[1::2])


@given(signals())
def test_no_visit_begins_twice_and_every_departure_ends_something(signal: Signal) -> None:
    is_here = False
    zone = ""
    for _, presence, change in play(signal):
        if change is Change.ARRIVED:
            assert not is_here
            is_here = True
        elif change is Change.LEFT:
            assert zone
            is_here = False
        elif change is Change.MOVED:
            assert presence.zone != zone
        zone = presence.zone
        assert presence.is_here == is_here


@given(signals())
def test_whoever_is_here_is_somewhere(signal: Signal) -> None:
    for _, presence, _ in play(signal):
        if presence.is_here:
            assert presence.zone == presence.holder != ""


@given(signals())
def test_only_a_sample_brings_an_arrival_or_a_move(signal: Signal) -> None:
    for (_, _, rssi_dbm), (_, _, change) in zip(signal, play(signal), strict=True):
        assert rssi_dbm is not None or change in (None, Change.LEFT)


@given(
    st.lists(
        st.tuples(st.floats(0, 30), any_receiver, st.none() | st.integers(-100, -66)), max_size=60
    )
)
def test_a_weak_signal_never_arrives(signal: Signal) -> None:
    assert Change.ARRIVED not in changes(signal)


@given(signals(), st.lists(st.floats(0, 2), min_size=3, max_size=60))
def test_whoever_stays_close_arrives(before: Signal, gaps_s: list[float]) -> None:
    close: Signal = [(gap_s, "door", -40) for gap_s in gaps_s]
    last = play([*before, *close, *[(2.0, "door", -40)] * 40])[-1][1]

    assert (last.phase, last.zone) == (Phase.HERE, "door")


@given(signals())
def test_everybody_leaves_in_the_end(signal: Signal) -> None:
    steps = play([*signal, (6 * 10.24 + 0.1, "door", None)])
    told = [change for _, _, change in steps if change is not None]

    assert steps[-1][1] is NOBODY
    assert told[-1:] in ([], [Change.LEFT])
    assert told.count(Change.ARRIVED) <= told.count(Change.LEFT)


@given(signals())
def test_a_visit_is_never_shorter_than_nothing_nor_longer_than_the_time(signal: Signal) -> None:
    for now_s, presence, _ in play(signal):
        assert 0 <= presence.dwell_s <= now_s


@given(
    st.lists(st.tuples(st.integers(0, 20), one_receiver, levels), max_size=60),
    st.lists(st.integers(0, 20), min_size=60, max_size=60),
)
def test_asking_more_often_changes_no_visit(
    signal: list[tuple[float, str, int | None]], splits_s: list[int]
) -> None:
    often: Signal = []
    for (gap_s, receiver, rssi_dbm), split_s in zip(signal, splits_s, strict=False):
        first_s = min(split_s, gap_s)
        often += [(first_s, receiver, None), (gap_s - first_s, receiver, rssi_dbm)]

    assert changes(often) == changes(signal)


@given(signals())
def test_the_same_for_every_receiver_is_the_same_for_the_visit(signal: Signal) -> None:
    """A visit begins and ends alike whatever the receivers are called."""
    names = dict(zip(RECEIVERS, ("a", "b", "c"), strict=True))
    renamed = [(gap_s, names[receiver], rssi_dbm) for gap_s, receiver, rssi_dbm in signal]

    assert changes(renamed) == changes(signal)


def test_two_changes_never_fall_into_one_step() -> None:
    """A tag that is late leaves; its sample only begins the next approach."""
    here = play([(1, "door", -40)] * 4)[-1][1]

    presence, change = hear(here, RULES, 1_000, "door", -40)

    assert change is Change.LEFT
    assert (presence.phase, presence.signals["door"].near_samples) == (Phase.AWAY, 1)
