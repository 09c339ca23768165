"""THE MAIN PATH of a machine that is no kiosk yet: show a code, ask, wait for the owner's word.

One thread runs `step`; the page's threads only put inputs.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from contract.errors import ContractError
from contract.petitions import ASK_EVERY_S, Answer, Place, Stage
from kiosk.adapters.petition import Petition, Petitioner
from kiosk.core.inputs import Input, LanguageChosen, Pressed
from kiosk.core.new_here import NewHere, Step, is_asking
from kiosk.core.screen import ScreenState
from kiosk.ports import ScreenFeed
from kiosk.spare import SpareSettings
from runtime.clock import Clock, SystemClock
from runtime.errors import SettingsError, UnavailableError
from runtime.inbox import Inbox
from runtime.stop_signals import stop_signals
from runtime.supervisor import Supervisor
from web_ui.screen.app import THREADS, create_app
from web_ui.screen.feed import Feed
from web_ui.shared.serving import Server

INBOX = 50  # touches of one person
LOOK_S = 0.25  # how soon a stop is noticed, and a certificate that came by hand
DETAIL_MAX = 160  # letters that fit the smallest panel below the rest
NAME = "Hiên"  # it has no shop's name yet
ENDS = {Stage.REFUSED: Step.REFUSED, Stage.EXPIRED: Step.EXPIRED}

log = logging.getLogger(__name__)


@dataclass
class Newcomer:
    """All there is to a machine that waits to be let in."""

    petitioner: Petitioner
    feed: ScreenFeed
    clock: Clock
    petition: Petition | None = None
    state: ScreenState = field(default_factory=lambda: ScreenState(NewHere(Step.SEARCHING)))
    came_s: float = 0.0  # to the present step
    is_touched: bool = False

    def handle(self, happened: Input) -> None:
        """A touch: another language, or ask again."""
        match happened:
            case LanguageChosen(language):
                self._show(replace(self.state, language=language))
            case Pressed():
                self.is_touched = True

    def step(self) -> Place | None:
        """Ask, or ask what became of it; returns the place once it is written down.

        SettingsError never comes from here: the screen says it, and it is tried again.
        """
        try:
            return self._step()
        except (UnavailableError, ContractError) as error:
            self._searching(str(error))
        except SettingsError as error:
            self._at(NewHere(Step.UNFIT, detail=str(error)[:DETAIL_MAX]))
        return None

    def _step(self) -> Place | None:
        if self.petition is not None:
            return self._judged(self.petition, self.petitioner.answer(self.petition))
        here, now_s = self.state.screen, self.clock.monotonic_s()
        step = here.step if isinstance(here, NewHere) else Step.SEARCHING
        if is_asking(step, now_s - self.came_s, is_touched=self.is_touched):
            self.petition = self.petitioner.ask()
            self._at(NewHere(Step.WAITING, self.petition.code))
        self.is_touched = False
        return None

    def _judged(self, petition: Petition, answer: Answer) -> Place | None:
        if answer.stage is Stage.APPROVED:
            self.petition = None  # whatever comes of it, it is not asked again
            return self.petitioner.keep(petition, answer)
        self._show(replace(self.state, offline=False))
        if (end := ENDS.get(answer.stage)) is not None:
            self.petition = None
            self._at(NewHere(end))
        return None

    def _searching(self, why: str) -> None:
        """A code that is on the screen stays: the gateway still knows it when it is back."""
        if self.petition is None:
            self._at(NewHere(Step.SEARCHING, detail=why[:DETAIL_MAX]))
        self._show(replace(self.state, offline=True))

    def _at(self, screen: NewHere) -> None:
        if screen == self.state.screen:
            return
        self.came_s = self.clock.monotonic_s()
        log.info("no kiosk yet: %s %s", screen.step, screen.detail)
        is_lost = screen.step is Step.SEARCHING
        self._show(replace(self.state, screen=screen, offline=is_lost))

    def _show(self, after: ScreenState) -> None:
        if after == self.state:
            return
        revision = self.state.revision + 1
        self.state = replace(after, revision=revision, since_revision=revision)
        self.feed.show(self.state)


def wait(settings: SpareSettings, petitioner: Petitioner) -> bool:
    """Wait until this machine is a kiosk, however it became one; False if told to stop before."""
    with ExitStack() as stack:
        stopping = stack.enter_context(stop_signals())
        feed, inbox, clock = Feed(), Inbox[Input](INBOX), SystemClock()
        page = create_app(feed, inbox.put, NAME, "", settings.screen.panel_diagonal_in)
        server = Server(page, "127.0.0.1", settings.screen.port, THREADS)
        server.start()
        stack.callback(server.stop)
        stack.callback(feed.close)
        stack.callback(inbox.close)
        newcomer = Newcomer(petitioner, feed, clock)
        feed.show(newcomer.state)
        supervisor = Supervisor(clock)
        supervisor.ready()
        asked_s = clock.monotonic_s() - ASK_EVERY_S
        while settings.is_new and not stopping.is_set():
            supervisor.lives()
            if newcomer.is_touched or clock.monotonic_s() - asked_s >= ASK_EVERY_S:
                asked_s = clock.monotonic_s()
                newcomer.step()
            if (happened := inbox.take(LOOK_S)) is not None:
                newcomer.handle(happened)
                inbox.done()
    return not stopping.is_set()
