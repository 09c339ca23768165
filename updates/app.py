"""THE MAIN PATH of an update: write down the next step, take it, and so on until it rests.

What follows what, says core/steps.py. It opens no seal: releases were believed before they come.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runtime.clock import Clock
from runtime.errors import UnavailableError
from updates.core import steps, wellness
from updates.core.release import Release
from updates.core.steps import Chosen, Done, Event, Failed, Found, Journal, Phase, SentBack
from updates.core.wellness import Patience, Verdict, Watch
from updates.journal import JournalFile
from updates.links import Links
from updates.ports import Builder, Services, Source

SLOTS = ("a", "b")
LOOK_EVERY_S = 2.0  # a service that dies is started again after that

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hands:
    """What steps are taken with."""

    links: Links
    source: Source
    builder: Builder
    services: Services
    clock: Clock
    pause: Callable[[float], object]  # waits so many seconds


@dataclass(frozen=True)
class Updater:
    """One machine's updates; only one at a time may exist for a folder."""

    folder: Path
    hands: Hands
    patience: Patience

    @property
    def file(self) -> JournalFile:
        """The journal."""
        return JournalFile(self.folder / "journal.json")

    @property
    def coming(self) -> Path:
        """Where a release's files are gathered."""
        return self.folder / "coming"

    def journal(self) -> Journal:
        """What was written last."""
        return self.file.load(self.hands.links.proven_home())

    def install(self, release: Release, running: str) -> Journal:
        """From beginning to end; what became of it."""
        old = self.hands.links.proven_home()
        new = next(self.folder / slot for slot in SLOTS if self.folder / slot != old)
        chosen = Chosen(release.version, str(new), running, str(old))
        return self._run(steps.step(self.journal(), chosen), release)

    def carry_on(self) -> Journal:
        """Bring to its end what was cut off, if anything was."""
        was = self.journal()
        return was if was.phase is Phase.RESTING else self._run(steps.step(was, Found()))

    def send_back(self) -> Journal:
        """Back to the version before, because a person wants it."""
        return self._run(steps.step(self.journal(), SentBack()))

    def _run(self, journal: Journal, release: Release | None = None) -> Journal:
        self.file.save(journal)
        while journal.phase is not Phase.RESTING:
            log.info("update to %s: %s", journal.new_version, journal.phase)
            journal = steps.step(journal, self._event(journal, release))
            self.file.save(journal)
        log.log(logging.INFO if journal.is_well else logging.ERROR, "%s", journal.said)
        return journal

    def _event(self, journal: Journal, release: Release | None) -> Event:
        """What comes of a step. Where there is no other way, an error ends the process."""
        try:
            return self._take(journal, release)
        except (OSError, UnavailableError) as error:
            if journal.phase in (Phase.PROVING, Phase.RETURNING):
                what = f"the update to {journal.new_version} is not over ({journal.phase})"
                raise UnavailableError(f"{what}: {error}; it is tried again") from error
            return Failed(str(error))

    def _take(self, journal: Journal, release: Release | None) -> Event:
        links, new, old = self.hands.links, Path(journal.new), Path(journal.old)
        match journal.phase:
            case Phase.FETCHING if release is not None:
                self.hands.source.fetch(release, self.coming)
            case Phase.BUILDING if release is not None:
                self.hands.builder.build(release, self.coming, new)
            case Phase.SWITCHING:
                links.serve(new)
            case Phase.TRYING:
                return self._try()
            case Phase.PROVING:
                links.prove(new)
            case Phase.RETURNING:
                links.prove(old)
                links.serve(old)
                self.hands.services.lay()
            case _:
                raise ValueError(f"{journal.phase} without a release")
        return Done()

    def _try(self) -> Event:
        services, clock = self.hands.services, self.hands.clock
        before = wellness.running(services.units())
        services.lay()
        watch = Watch(before, clock.monotonic_s())
        while watch.verdict is Verdict.WAITING:
            self.hands.pause(LOOK_EVERY_S)
            watch = watch.look(services.units(), clock.monotonic_s(), self.patience)
        return Done() if watch.verdict is Verdict.WELL else Failed(watch.why, is_final=True)
