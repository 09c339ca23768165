"""Single bits that flip on a disk, in a database or its log: what changed must be said.

The file is as a killed process left it. Each flip is opened by the product's own code in a copy of
its own; rows that came out other than they went in, and of which nothing was said, are lost.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from contract.events import ClockTrust
from gateway.store import base, event_check
from kiosk.adapters.outbox import Outbox
from runtime.errors import DeviceError
from simulator.faults import gateway_work
from simulator.faults.checker import judge, together
from simulator.faults.outbox_work import AT_MS, DATABASE, KIOSK, STORE, Diary, body
from simulator.faults.power_cuts import MEMORY
from simulator.faults.scenario import Run, Scenario, Tally

EVENTS, FORGOTTEN = 160, 100  # some of what is left is in the file and some only in the log
GATEWAY_EVENTS = 60  # in the file, and as many in the log


@dataclass(frozen=True, slots=True)
class Found:
    """What opening a file came to."""

    rows: Sequence[Hashable]
    said: str = ""  # what people were told, "" if nothing


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose bits flip."""

    leave: Callable[[Path], None]  # fill a folder as a killed process leaves it
    look: Callable[[Path], Found]  # open what lies in a folder, as the product does


def flip(subject: Subject, run: Run) -> Tally:
    """As many flips as the dose says, half of them in the file and half in its log."""
    random = Random(run.seed)
    subject.leave(run.folder)
    files = {path.name: path.read_bytes() for path in sorted(run.folder.iterdir())}
    whole = opened(subject, files).rows
    tallies = []
    for point in range(run.dose):
        name = random.choice(list(files))
        content = bytearray(files[name])
        bit = random.randrange(8 * len(content))
        content[bit // 8] ^= 1 << bit % 8
        found = opened(subject, {**files, name: bytes(content)})
        tallies.append(_judged(whole, found, f"bit {bit} of {name}"))
        run.progress(point + 1, run.dose)
    return together(tallies)


def _judged(whole: Sequence[Hashable], found: Found, where: str) -> Tally:
    """What was said is not lost: somebody can look after it."""
    is_same = list(found.rows) == list(whole)
    tally = judge(whole, whole, whole if found.said else found.rows)
    is_silent = not found.said and not is_same
    return replace(
        tally,
        figures={"flips": 1, "said": int(bool(found.said)), "without_effect": int(is_same)},
        broken=(f"nothing is said of {where}",) if is_silent else (),
    )


def opened(subject: Subject, files: Mapping[str, bytes]) -> Found:
    """Look into a copy of some files, where a sync costs nothing."""
    folder = Path(mkdtemp(prefix="hien-flip-", dir=MEMORY if MEMORY.is_dir() else None))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        return subject.look(folder)
    finally:
        rmtree(folder)


def leave_outbox(folder: Path) -> None:
    """An outbox that was at work when its process was killed."""
    made = folder / "made"
    made.mkdir()
    with closing(Outbox(made / DATABASE, STORE, KIOSK)) as outbox:
        for number in range(1, EVENTS + 1):
            event, _ = outbox.append(body(number), AT_MS + number, ClockTrust.TRUSTED)
            if number == FORGOTTEN:
                outbox.forget(event.seq)
        for name in (DATABASE, f"{DATABASE}-wal"):  # before it is closed, which takes the log in
            (folder / name).write_bytes((made / name).read_bytes())
    rmtree(made)


def look_into_outbox(folder: Path) -> Found:
    """As a kiosk does when it starts: open, say what was set aside, send all, take one more."""
    try:
        with closing(Outbox(folder / DATABASE, STORE, KIOSK)) as outbox:
            events = [event for event, _ in outbox.pending(0, EVENTS)]
            outbox.append(body(0), AT_MS, ClockTrust.TRUSTED)
            said = "" if outbox.quarantined is None else f"kept as {outbox.quarantined.name}"
            return Found(events, said)
    except DeviceError as error:
        return Found([], str(error))


def leave_gateway(folder: Path) -> None:
    """A gateway's database whose intake was killed; half of its events are in the log only."""
    made = folder / "made"
    made.mkdir()
    gateway_work.found(made)
    diary = Diary(made)
    engine = gateway_work.opened(made)
    gateway_work.work(engine, diary, GATEWAY_EVENTS, seed=1)
    engine.dispose()  # takes the log into the file
    gateway_work.work(engine, diary, GATEWAY_EVENTS, seed=2)
    for name in (gateway_work.DATABASE, f"{gateway_work.DATABASE}-wal"):
        (folder / name).write_bytes((made / name).read_bytes())
    engine.dispose()
    diary.close()
    rmtree(made)


def look_into_gateway(folder: Path) -> Found:
    """As `hien gateway check` does."""
    engine = gateway_work.opened(folder)
    try:
        flaws = event_check.damaged_log(engine)
        with base.readers(engine)() as db:
            flaws += event_check.check(db)
            rows = db.execute(text("SELECT * FROM event NOT INDEXED ORDER BY kiosk, seq")).all()
    except SQLAlchemyError as error:
        return Found([], str(error))
    finally:
        engine.dispose()
    return Found(rows, flaws[0].problem if flaws else "")


OUTBOX = Subject(leave_outbox, look_into_outbox)
GATEWAY = Subject(leave_gateway, look_into_gateway)

SCENARIOS = (
    Scenario(
        "bit-flip-outbox",
        "One bit flips in a kiosk's outbox or in its log, and the kiosk starts.",
        "Whatever is lost or changed by it is said.",
        "flips",
        full=2_000,
        short=25,
        run=lambda run: flip(OUTBOX, run),
    ),
    Scenario(
        "bit-flip-gateway",
        "One bit flips in a gateway's database or in its log, and `hien gateway check` looks.",
        "Every event that is lost or changed by it is said.",
        "flips",
        full=2_000,
        short=20,
        run=lambda run: flip(GATEWAY, run),
    ),
)
