from inspect import getgeneratorlocals
from types import GeneratorType

from kiosk.core.presence import Change, PresenceRules
from kiosk.core.replay import Sighting, Told, replay

RULES = PresenceRules(power_at_1m_dbm=-61, enter_below_1m_db=5)
ARRIVED, MOVED, LEFT = Change.ARRIVED, Change.MOVED, Change.LEFT


def steady(
    tag: str, start_s: float, end_s: float, receiver: str = "door", rssi_dbm: float = -50
) -> list[Sighting]:
    seconds = range(round(end_s - start_s) + 1)
    return [Sighting(tag, receiver, start_s + second, rssi_dbm) for second in seconds]


def told(*parts: list[Sighting]) -> list[Told]:
    sightings = sorted((one for part in parts for one in part), key=lambda one: one.t_s)
    return list(replay(sightings, RULES))


def test_a_tag_arrives_and_leaves() -> None:
    assert told(steady("t", 10, 20), steady("other", 60, 61)) == [
        Told(12, "t", ARRIVED, "door", is_visit=True),
        Told(32.25, "t", LEFT, "door", is_visit=True),
    ]


def test_a_departure_is_found_when_it_is_due_and_not_at_the_next_sighting() -> None:
    assert told(steady("t", 0, 4), steady("t", 86_400, 86_400))[-1].t_s == 16.25


def test_the_end_of_a_recording_is_no_departure() -> None:
    assert [one.change for one in told(steady("t", 0, 600))] == [ARRIVED]


def test_every_tag_has_its_own_story() -> None:
    assert {(one.tag, one.zone) for one in told(steady("t", 0, 9), steady("u", 3, 9, "till"))} == {
        ("t", "door"),
        ("u", "till"),
    }


def test_what_is_only_nearest_is_told_and_is_no_visit() -> None:
    far = steady("t", 0, 9, "door", -70), steady("t", 0, 9, "till", -80), steady("u", 60, 60)

    assert told(*far) == [
        Told(2, "t", MOVED, "door", is_visit=False),
        Told(21.25, "t", LEFT, "door", is_visit=False),
    ]


def test_a_visit_that_goes_on_elsewhere_is_one_visit() -> None:
    walk = (
        steady("t", 0, 20, "door"),
        steady("t", 0, 20, "till", -75),
        steady("t", 21, 40, "door", -75),
        steady("t", 21, 40, "till"),
    )

    assert [(one.change, one.zone) for one in told(*walk) if one.is_visit] == [
        (ARRIVED, "door"),
        (MOVED, "till"),
    ]


def test_a_little_disorder_does_no_harm() -> None:
    sightings = [Sighting("t", "door", t_s, -50) for t_s in (0.3, 0.0, 1.3, 0.9, 2.3, 2.2, 3.0)]

    assert [one.change for one in replay(sightings, RULES)] == [ARRIVED]


def test_of_a_crowd_that_passes_only_those_around_are_remembered() -> None:
    passers = [Sighting(f"t{second}", "door", float(second), -60) for second in range(3_000)]
    playing = replay(passers + steady("last", 3_000, 3_002), RULES)

    assert next(playing).tag == "last"
    assert isinstance(playing, GeneratorType)
    assert len(getgeneratorlocals(playing)["around"]) < 20


def test_two_runs_tell_the_same() -> None:
    sightings = steady("t", 0, 30) + steady("t", 31, 60, "till")

    assert list(replay(sightings, RULES)) == list(replay(sightings, RULES))
