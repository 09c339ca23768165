"""One bit flips in what was kept: whatever changes is said. Short doses of `hien rehearse`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.adapters.outbox import Outbox
from simulator.faults import bit_flips
from simulator.faults.bit_flips import Found
from simulator.faults.outbox_work import DATABASE, KIOSK, STORE
from simulator.faults.scenario import Run, Scenario


@pytest.mark.parametrize("scenario", bit_flips.SCENARIOS, ids=lambda one: one.name)
def test_whatever_a_flipped_bit_changes_is_said(tmp_path: Path, scenario: Scenario) -> None:
    tally = scenario.run(Run(scenario.short, 20261122, tmp_path))

    assert tally.is_kept, tally
    assert tally.figures["flips"] == scenario.short
    assert tally.figures["said"] > scenario.short / 4
    assert tally.figures["without_effect"] > 0


def _look_at_rows_only(folder: Path) -> Found:
    """As SQLite answers a program that checks nothing."""
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        try:
            return Found(db.execute("SELECT * FROM event").fetchall())
        except sqlite3.DatabaseError as error:
            return Found([], str(error))


def test_without_chain_and_log_most_flips_go_unnoticed(tmp_path: Path) -> None:
    careless = replace(bit_flips.OUTBOX, look=_look_at_rows_only)

    tally = bit_flips.flip(careless, Run(40, 1, tmp_path))

    assert tally.lost > 0
    assert len(tally.broken) > 5


def test_no_field_of_an_event_or_of_its_outbox_changes_without_a_word(tmp_path: Path) -> None:
    """Those too that a random flip hits once in a thousand."""
    path = tmp_path / DATABASE
    bit_flips.leave_outbox(tmp_path)
    with closing(Outbox(path, STORE, KIOSK)) as outbox:  # takes the log in
        epoch = outbox.epoch.encode()
        event_id = outbox.pending(0, 1_000)[-1][0].id[-8:].encode()
    whole = path.read_bytes()

    silent = []
    for field in (epoch, b"trusted", b"called", event_id):
        start = whole.rindex(field)
        for number in range(len(field)):
            content = bytearray(whole)
            content[start + number] ^= 1 << number % 7
            found = bit_flips.opened(bit_flips.OUTBOX, {DATABASE: bytes(content)})
            if not found.said.startswith("kept"):
                silent.append((field, number))
    assert not silent
