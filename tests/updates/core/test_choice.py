from __future__ import annotations

from datetime import UTC

import pytest

from kiosk.core.hours import OpeningHours
from tests.updates.core.test_release import KEY, KEYS, made
from updates.core import release
from updates.core.choice import Choice, Machine, Verdict, choose
from updates.core.rollout import Surroundings
from updates.core.steps import Journal

NIGHT = Surroundings(0.0, True, 0, OpeningHours(UTC, ((),) * 7))
GIVEN_UP = Journal(tries={"0.2.0": 2})
HERE = "quay-1@an-nhien"


def chosen(
    running: str = "0.1.0",
    journal: Journal | None = None,
    now: Surroundings | None = NIGHT,
    **others: object,
) -> Choice:
    offered = release.sealed(made("0.2.0", **{"percent": 100, **others}), KEY, 1)
    return choose(offered, Machine(HERE, running, KEYS, journal or Journal()), now)


def test_what_follows_is_taken() -> None:
    found = chosen()

    assert (found.verdict, found.why) == (Verdict.TAKE, "0.2.0 follows 0.1.0")
    assert found.release is not None


def test_who_is_not_among_the_first_waits_unless_a_person_says_otherwise() -> None:
    assert chosen(percent=0).verdict is Verdict.WAIT
    assert chosen(percent=0, canaries=(HERE,)).verdict is Verdict.TAKE
    assert chosen(percent=0, now=None).verdict is Verdict.TAKE


def test_a_version_that_failed_here_is_for_a_person_to_forgive() -> None:
    found = chosen(journal=GIVEN_UP)

    assert (found.verdict, found.why.split(";")[0]) == (
        Verdict.REFUSE,
        "0.2.0 did not prove well here",
    )
    assert chosen(journal=GIVEN_UP, now=None).verdict is Verdict.TAKE


@pytest.mark.parametrize("now", [NIGHT, None], ids=["by itself", "a person"])
def test_nobody_may_do_without_seal_and_order(now: Surroundings | None) -> None:
    assert chosen("0.3.0", now=now).verdict is Verdict.REFUSE
    assert chosen("0.0.1", now=now).verdict is Verdict.REFUSE
    assert chosen("0.1.0", Journal(highest="0.4.0"), now).verdict is Verdict.REFUSE
    assert chosen("0.2.0", now=now).verdict is Verdict.NOTHING
    forged = choose(b"{}", Machine(HERE, "0.1.0", KEYS, Journal()), now)
    assert (forged.verdict, forged.release) == (Verdict.REFUSE, None)
    assert forged.why.startswith("the release is not to be believed: seal: ")


def test_an_obstacle_is_named() -> None:
    busy = Surroundings(0.0, True, 7, NIGHT.opening)

    assert chosen(now=busy).why == "0.2.0 waits: 7 events have not reached the gateway yet"
