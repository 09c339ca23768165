"""A door killed and hung around its pulse, in a small dose; and the measure is measured."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from contract import passes
from tests.faults import door_kills
from tests.faults.chip.board import HIGH, LOW
from tests.kiosk.door.premises import LOCK, Premises, opened
from tests.kiosk.door.shop import Members, revocations, sealed_trust
from tests.waiting import until


def test_the_line_falls_in_time_whatever_becomes_of_the_door(tmp_path: Path) -> None:
    outcome = door_kills.kill(tmp_path, kills=3, seed=7)

    assert outcome.kills == 3
    assert outcome.pulses > 0
    assert (outcome.too_long, outcome.opens_without_record) == (0, 0)
    assert outcome.longest_up_s < door_kills.BOUND_S


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    premises = Premises(tmp_path)
    yield premises
    premises.stop()


def test_when_the_closer_hangs_too_the_line_stays_up_and_the_measure_sees_it(
    premises: Premises,
) -> None:
    """Two faults at once are what the one-shot in hardware is for: docs/door.md says so."""
    members = Members.several(1)
    issued_ms = int(time.time() * 1_000)
    premises.trust(
        sealed_trust(members.keyring(), structs.replace(revocations(), issued_ms=issued_ms))
    )
    closer, door = premises.start_closer(), premises.start_door()
    with opened(premises) as kiosk:
        until(lambda: door_kills.knows_its_members(kiosk), "the door knows its members")
        kiosk.show(members.show("000000000000", passes.slot_at(time.time())))
        closer.send_signal(signal.SIGSTOP)
        door.kill()
        door.wait()
        up_since_s = premises.board.diary(LOCK)[-1].at_s
        until(lambda: time.monotonic() > up_since_s + door_kills.BOUND_S, "it is too long")
        assert premises.board.level(LOCK) == HIGH

        closer.send_signal(signal.SIGCONT)
        until(lambda: premises.board.level(LOCK) == LOW, "the closer wakes up and drops it")
    premises.stop()
    outcome = door_kills.Outcome(seed=0)
    door_kills.judge(premises, outcome)

    assert (outcome.pulses, outcome.too_long) == (1, 1)
