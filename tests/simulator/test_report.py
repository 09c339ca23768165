from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from simulator.audit import Books, DoorBooks, Reckoning
from simulator.glass import Verdicts
from simulator.night import Doorbook
from simulator.report import reported
from simulator.truth import Truth

BOOKS = Books(
    ids=Counter({"1": 1, "2": 1}),
    numbers=Counter({("quay-1", "e", 1): 1, ("quay-1", "e", 2): 1}),
    kinds=Counter(scanned=1, touched=1, arrived=7),
    visits=(("a", 0, 1),),
    offers_shown=3,
    alerts=1,
    doors=DoorBooks(frozenset((1, 2, 3)), 2, 1, Counter(forced=1)),
)
AT_DOOR = Doorbook(entries=2, inside=1, alarms=Counter(forced=1))
RECKONING = Reckoning(lost=0, duplicated=0)
VERDICTS = Verdicts((), (), tuple(float(ms) for ms in range(1, 102)), (), promises=2)
TRUTH = Truth(must={"a"}, may={"a", "b"})


def test_the_figures_have_the_names_of_the_public_interface() -> None:
    report = reported(BOOKS, RECKONING, VERDICTS, (TRUTH, AT_DOOR), 12.34)

    assert report.holds
    assert report.figures == {
        "events": 2,
        "visits": 1,
        "matched": 1,
        "offers_shown": 3,
        "alerts": 1,
        "entries": 2,
        "lost": 0,
        "duplicated": 0,
        "latency_ms": {"p50": 51.0, "p95": 96.0, "p99": 100.0},
        "seconds": 12.3,
    }


@pytest.mark.parametrize(
    ("books", "reckoning", "verdicts", "truth", "sentence"),
    [
        pytest.param(BOOKS, Reckoning(2, 0), VERDICTS, TRUTH, "2 events were lost", id="lost"),
        pytest.param(BOOKS, Reckoning(0, 1), VERDICTS, TRUTH, "counted twice", id="doubled"),
        pytest.param(BOOKS, Reckoning(0, 0, 3), VERDICTS, TRUTH, "3 events could", id="unread"),
        pytest.param(
            BOOKS,
            RECKONING,
            replace(VERDICTS, promises=3),
            TRUTH,
            "screens promised 3 things and 2 were recorded",
            id="promised",
        ),
        pytest.param(
            BOOKS, RECKONING, VERDICTS, Truth({"a", "c"}, {"a", "c"}), "were not: c", id="missed"
        ),
        pytest.param(
            BOOKS, RECKONING, VERDICTS, Truth(), "no reason to be: a", id="a stranger is matched"
        ),
        pytest.param(
            BOOKS, RECKONING, replace(VERDICTS, leaks=("said a name",)), TRUTH, "a name", id="leak"
        ),
        pytest.param(
            BOOKS, RECKONING, replace(VERDICTS, mistaken=("whose",)), TRUTH, "whose", id="mix-up"
        ),
        pytest.param(
            BOOKS, RECKONING, replace(VERDICTS, latencies_ms=()), TRUTH, "no screen", id="silence"
        ),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_said_and_fails_the_run(
    books: Books, reckoning: Reckoning, verdicts: Verdicts, truth: Truth, sentence: str
) -> None:
    report = reported(books, reckoning, verdicts, (truth, AT_DOOR), 1.0)

    assert not report.holds
    assert sentence in "; ".join(report.faults)


def test_many_missed_members_are_counted_not_listed() -> None:
    truth = Truth(must={f"m{number}" for number in range(9)} | {"a"}, may={"a"})

    (fault,) = reported(BOOKS, RECKONING, VERDICTS, (truth, AT_DOOR), 1.0).faults
    assert fault.endswith("m0, m1, m2, m3, m4 and 4 more")


@pytest.mark.parametrize(
    ("truth", "sentence"),
    [
        (replace(AT_DOOR, entries=3), "3 people were let in and 2 are in the books"),
        (replace(AT_DOOR, inside=0), "0 people are inside and the door thinks 1"),
        (replace(AT_DOOR, alarms=Counter(tailgated=1)), "1 times tailgated and 0 in the books"),
        (replace(AT_DOOR, surprises=["oh"]), "oh"),
    ],
)
def test_a_door_whose_books_are_wrong_is_a_fault(truth: Doorbook, sentence: str) -> None:
    report = reported(BOOKS, RECKONING, VERDICTS, (TRUTH, truth), 1.0)

    assert report.faults == (sentence,)
