"""Any bit of an outbox may flip: what it then hands out is what happened, and the rest is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from contract.events import Called, ClockTrust, StateChanged
from kiosk.adapters.outbox import Outbox
from tests.kiosk.adapters.outboxes import AT_MS, reopened

EVENTS, FORGOTTEN = 30, 4
# 4,000 once, 2026-11-22: nothing found any more. The last two hit what was written last but one.
SEEDS = (*range(10), 1146, 1887)


@dataclass(frozen=True)
class Filled:
    """An outbox and its log, as a power cut leaves them, and what it was told."""

    folder: Path
    ids: dict[str, int]


def filled(folder: Path) -> Filled:
    folder.mkdir()
    with closing(reopened(folder / "in-use.db")) as outbox:
        ids = {}
        for number in range(1, EVENTS + 1):
            body = Called(session=f"{number:016x}")
            ids[outbox.append(body, AT_MS, ClockTrust.TRUSTED)[0].id] = number
            if number == FORGOTTEN + 1:
                outbox.forget(FORGOTTEN)
            if number == EVENTS // 2:
                outbox._db.execute("PRAGMA wal_checkpoint")
        for name in ("in-use.db", "in-use.db-wal"):
            shutil.copy(folder / name, folder / name.replace("in-use", "outbox"))
    return Filled(folder, ids)


def flipped(source: Filled, place: Path, random: Random) -> str:
    """A copy with one bit flipped; says which."""
    place.mkdir()
    for name in ("outbox.db", "outbox.db-wal"):
        shutil.copy(source.folder / name, place)
    path = place / random.choice(("outbox.db", "outbox.db-wal"))
    data = bytearray(path.read_bytes())
    bit = random.randrange(len(data) * 8)
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
    return f"bit {bit} of {path.name}"


def complaints(source: Filled, place: Path) -> Iterator[str]:
    """What is wrong with what the outbox there hands out."""
    with closing(Outbox(place / "outbox.db", "hue-1", "porch")) as outbox:
        found = [event for event, _ in outbox.pending(0, 1_000)]
        is_new = outbox.quarantined is not None
    calls = [event for event in found if isinstance(event.body, Called)]
    if any(event.body != Called(f"{source.ids[event.id]:016x}") for event in calls):
        yield "an event has changed"
    missing = set(range(FORGOTTEN + 1, EVENTS + 1)) - {source.ids[event.id] for event in calls}
    if not is_new:
        if missing:
            yield f"{missing} are missing, and nobody says so"
        return
    said = next(event.body.detail for event in found if isinstance(event.body, StateChanged))
    if not missing <= named(said):
        yield f"{missing} are missing, and it says {said}"


def named(said: str) -> set[int]:
    """The numbers that a report names; all, if it does not know."""
    lost = said.split("lost: ")[1]
    if "perhaps others" in lost:
        return set(range(1, EVENTS + 1))
    ends = [[*map(int, one.split("-"))] for one in re.findall(r"\d+(?:-\d+)?", lost)]
    return {number for one in ends for number in range(one[0], one[-1] + 1)}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return filled(tmp_path_factory.mktemp("flips") / "source")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_flipped_bit_invents_nothing_and_hides_nothing(
    source: Filled, tmp_path: Path, seed: int
) -> None:
    where = flipped(source, tmp_path / "flipped", Random(seed))
    assert not list(complaints(source, tmp_path / "flipped")), where
