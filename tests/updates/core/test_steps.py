from __future__ import annotations

import itertools

import msgspec
import pytest

from updates.core.steps import (
    Chosen,
    Done,
    Event,
    Failed,
    Found,
    Journal,
    Phase,
    SentBack,
    is_given_up,
    step,
)

CHOSEN = Chosen("0.2.0", "/b", "0.1.0", "/a")
WAY = (Phase.FETCHING, Phase.BUILDING, Phase.SWITCHING, Phase.TRYING, Phase.PROVING, Phase.RESTING)


def after(*events: Event, start: Journal | None = None) -> Journal:
    journal = start or Journal()
    for event in events:
        journal = step(journal, event)
    return journal


def test_an_update_goes_its_way() -> None:
    phases = [after(CHOSEN, *[Done()] * count).phase for count in range(len(WAY))]
    done = after(CHOSEN, *[Done()] * 5)

    assert tuple(phases) == WAY
    assert (done.highest, done.is_well, done.tries) == ("0.2.0", True, {})
    assert done.said == "0.2.0 runs, and has proven well; before it was 0.1.0"


@pytest.mark.parametrize(
    ("taken", "event", "phase", "says"),
    [
        (0, Failed("no line"), Phase.RESTING, "0.2.0 was not installed (no line): 0.1.0 runs as"),
        (1, Found(), Phase.RESTING, "0.2.0 was not installed (cut off while building): 0.1.0 runs"),
        (2, Failed("no disk"), Phase.RETURNING, "0.2.0 was taken back (no disk): 0.1.0 runs again"),
        (2, Found(), Phase.RETURNING, "0.2.0 was taken back (cut off while switching): 0.1.0 runs"),
        (3, Failed("ill", True), Phase.RETURNING, "0.2.0 was taken back (ill): 0.1.0 runs again"),
        (3, Found(), Phase.RETURNING, "0.2.0 was taken back (cut off while trying): 0.1.0 runs"),
        (4, Found(), Phase.PROVING, "0.2.0 runs, and has proven well"),
    ],
)
def test_where_it_is_cut_off_says_which_version_runs(
    taken: int, event: Event, phase: Phase, says: str
) -> None:
    cut = after(CHOSEN, *[Done()] * taken, event)

    assert cut.phase is phase
    done = cut if phase is Phase.RESTING else after(Done(), start=cut)
    assert done.phase is Phase.RESTING
    assert done.said.startswith(says)


def test_going_back_is_gone_on_with_however_often_it_is_cut_off() -> None:
    back = after(CHOSEN, Done(), Done(), Found(), Found(), Found())

    assert back.phase is Phase.RETURNING
    assert back.tries == {"0.2.0": 1}
    assert after(Done(), start=back).phase is Phase.RESTING


def test_a_version_that_is_ill_is_given_up_at_once_one_that_was_cut_off_at_the_second_time() -> (
    None
):
    trying = (CHOSEN, Done(), Done(), Done())
    cut = after(*trying, Found(), Done())

    assert is_given_up(after(*trying, Failed("ill", is_final=True)), "0.2.0")
    assert not is_given_up(cut, "0.2.0")
    assert is_given_up(after(*trying, Found(), start=cut), "0.2.0")
    assert not is_given_up(after(*trying, Found(), start=cut), "0.3.0")


def test_a_person_goes_back_once_and_only_where_there_is_something_to_go_back_to() -> None:
    done = after(CHOSEN, *[Done()] * 5)
    back = after(SentBack(), Done(), start=done)

    assert (back.phase, back.old, back.highest) == (Phase.RESTING, "", "0.2.0")
    assert back.said == "0.2.0 was taken back (somebody sent it back): 0.1.0 runs again"
    for journal in (Journal(), back, after(CHOSEN, Failed("no line"))):
        with pytest.raises(ValueError, match="SentBack while resting"):
            step(journal, SentBack())


def test_nothing_is_proven_that_was_not_tried() -> None:
    """Every way of six events: before PROVING comes TRYING with Done, whatever else happened."""
    events: tuple[Event, ...] = (CHOSEN, Done(), Failed("no"), Failed("ill", True), Found())
    proven = 0
    for way in itertools.product(events, repeat=6):
        journal = Journal()
        for event in way:
            try:
                new = step(journal, event)
            except ValueError:
                continue
            if new.phase is Phase.PROVING and journal.phase is not Phase.PROVING:
                assert (journal.phase, event) == (Phase.TRYING, Done())
                proven += 1
            journal = new
    assert proven


def test_a_journal_comes_back_from_the_disk_as_it_was() -> None:
    journal = after(CHOSEN, Done(), Done(), Found())

    assert msgspec.json.decode(msgspec.json.encode(journal), type=Journal) == journal
