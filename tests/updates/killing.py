"""Kills an update before each thing it does to the disk, starts again, and says what runs then.

A script, because it forks: `python -m tests.updates.killing FOLDER SCENARIO` prints one JSON
object a death. What it looks at afterwards is the disk, not what the updater believes of itself.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.updates.bench_machine import KEYS, NEW, OLD, BenchMachine
from updates.app import Updater
from updates.core import release, steps
from updates.core.release import Release
from updates.core.steps import Journal, Phase
from updates.journal import JournalFile
from updates.links import Links

CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}
WRITES = os.O_WRONLY | os.O_RDWR
MANY = 200  # more than an update ever does: it must have come to its end by then


def killed(work: Callable[[], object], at: int) -> bool:
    """Do it in a process that is killed before its change number `at`; False if it came through."""
    child = os.fork()
    if child == 0:
        left = [at]

        def count(event: str, args: tuple[object, ...]) -> None:
            flags = args[2] if event == "open" and len(args) > 2 else 0
            if event in CHANGES or (isinstance(flags, int) and flags & WRITES):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), status
    return status != 0


class LateJournal(Updater):
    """A planted defect: it writes down what it has done, and not what it is about to do."""

    def _run(self, journal: Journal, release: Release | None = None) -> Journal:
        while journal.phase is not Phase.RESTING:
            event = self._event(journal, release)
            self.file.save(journal)
            journal = steps.step(journal, event)
        self.file.save(journal)
        return journal


@dataclass(frozen=True)
class HastyLinks(Links):
    """A planted defect: what starts is taken for proven."""

    def serve(self, home: Path) -> None:
        super().serve(home)
        self.prove(home)


@dataclass(frozen=True)
class Scenario:
    """What is killed, and on which machine."""

    root: Path
    name: str

    @property
    def is_right(self) -> bool:
        """No defect is planted in it."""
        return not {"late", "hasty"} & {*self.name.split()}

    def machine(self) -> BenchMachine:
        made = BenchMachine(self.root)
        return made.with_ill(NEW) if "ill" in self.name else made

    def updater(self) -> Updater:
        made = self.machine().updater
        if "late" in self.name:
            return LateJournal(made.folder, made.hands, made.patience)
        if "hasty" in self.name:
            links = HastyLinks(made.hands.links.serving, made.hands.links.proven)
            hands = type(made.hands)(**{**vars(made.hands), "links": links})
            return Updater(made.folder, hands, made.patience)
        return made

    def update(self) -> None:
        updater = self.updater()
        offered = release.opened(KEYS, updater.hands.source.manifest())
        updater.install(offered, OLD)

    def again(self) -> None:
        """The power is back, and the timer rings."""
        self.machine().services.lay()
        self.updater().carry_on()

    def deaths(self) -> Iterator[dict[str, object]]:
        again_at = {Phase.TRYING, Phase.RETURNING} if "twice" in self.name else set()
        for first in range(0, MANY, 1 if self.is_right else 3):  # a defect is seen at many
            self._anew()
            was_killed = killed(self.update, first)
            yield (death := self._looked_at([first], was_killed))
            if not was_killed:
                return
            if death["phase"] in again_at:
                again_at.discard(Phase(str(death["phase"])))
                yield from self._again_and_again(first)

    def _again_and_again(self, first: int) -> Iterator[dict[str, object]]:
        """Killed a second time, before each thing it does to come back."""
        for second in range(MANY):
            self._anew()
            killed(self.update, first)
            was_killed = killed(self.again, second)
            yield self._looked_at([first, second], was_killed)
            if not was_killed:
                return

    def _anew(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        self.machine().set_up()

    def _phase(self) -> Phase:
        return self._journal().phase

    def _journal(self) -> Journal:
        return JournalFile(self.root / "slots" / "journal.json").load(Path("nowhere"))

    def _looked_at(self, at: list[int], was_killed: bool) -> dict[str, object]:
        """What runs right after the death, and after a process came to the end of it."""
        machine, cut = self.machine(), self._phase()
        comes_back_by = machine.leads_to()[1]
        self.again()
        serving, proven = machine.leads_to()
        return {
            "killed_before": at,
            "was_killed": was_killed,
            "phase": cut,
            "comes_back_by": comes_back_by,
            "runs": machine.runs(),
            "serving": serving,
            "proven": proven,
            "rests": self._phase() is Phase.RESTING,
            "said": self._journal().said,
        }


def main() -> None:
    """Every death of one scenario, a line each."""
    folder, *names = sys.argv[1:]
    for name in names:
        for death in Scenario(Path(folder) / "machine", name).deaths():
            sys.stdout.write(json.dumps({"scenario": name, **death}) + "\n")


if __name__ == "__main__":
    main()
