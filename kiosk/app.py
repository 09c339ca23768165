"""THE MAIN PATH of a kiosk: something happens, state steps, effects go out through ports.

One thread runs `handle` and owns all state. Radio, camera, broker and browser threads only put
inputs in the inbox; this is the one place where they have consequences.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from contract.events import (
    Arrived,
    Body,
    Called,
    Condition,
    Device,
    Left,
    Moved,
    Scanned,
    StateChanged,
    Touch,
    Touched,
    Verdict,
)
from contract.leases import Allowance
from contract.messages import CodeAnswer, Denial, Receipt, Show, Trust
from kiosk.core import codes, presence, proving, recognition, screen, upkeep
from kiosk.core.choosing import choice_made
from kiosk.core.codes import CodeMemory, Moment
from kiosk.core.delivery import REMEMBERS
from kiosk.core.footfall import Footfall
from kiosk.core.inputs import (
    TOUCHES,
    Approached,
    Button,
    CodeRead,
    DeviceChanged,
    DoorAnswered,
    DoorRecorded,
    Heard,
    Input,
    LanguageChosen,
    LinkChanged,
    Ordered,
    Painted,
    Passed,
    Pressed,
    Rang,
    Tick,
    Told,
    Typed,
)
from kiosk.core.leaflets import Leaflets
from kiosk.core.presence import NOBODY, Change, Presence
from kiosk.core.recognition import Recognition
from kiosk.core.resolving import Resolver
from kiosk.core.screen import Offers, ScreenState
from kiosk.core.tag_news import TagNews
from kiosk.doorkeeping import Doorkeeping
from kiosk.health import Health
from kiosk.parts import Ports, Rules
from kiosk.phone_codes import PhoneCodes
from kiosk.reporter import NotKeptError
from runtime.clock import stopwatch_ms
from runtime.errors import DeviceError

log = logging.getLogger(__name__)

WELCOME = (Verdict.GOOD, Verdict.UNVERIFIED)
"""Codes worth an answer from the gateway, which has the last word on every pass."""


@dataclass
class KioskApp:
    """All the state of a kiosk, and what happens to it."""

    rules: Rules
    ports: Ports
    health: Health
    resolver: Resolver = field(default_factory=Resolver)
    known: Recognition = field(default_factory=Recognition)
    tag_news: TagNews = field(default_factory=TagNews)
    near: dict[str, Presence] = field(default_factory=dict)
    welcomed: set[str] = field(default_factory=set)  # tags that have been at this very screen
    seen_codes: CodeMemory = field(default_factory=CodeMemory)
    state: ScreenState = field(default_factory=ScreenState)
    doorkeeping: Doorkeeping = field(default_factory=Doorkeeping)
    footfall: Footfall = field(default_factory=Footfall)
    leaflets: Leaflets = field(default_factory=Leaflets)
    phone_codes: PhoneCodes = field(init=False)

    def __post_init__(self) -> None:
        rules, draw = self.rules, self.ports.new_session
        self.phone_codes = PhoneCodes(rules.phone_url, rules.kiosk, draw)

    def handle(self, *happened: Input) -> None:
        """Take one step after the other; what they report is kept in one go, if nobody is told.

        A kiosk that cannot write says so and promises nothing.
        """
        for one in happened:
            with self._promising():
                self._step(one)
        with self._promising():
            self._keep_reports()

    @contextmanager
    def _promising(self) -> Iterator[None]:
        try:
            yield
        except NotKeptError as error:
            if self.health.device(Device.OUTBOX, Condition.OUT):
                log.error("%s", error)  # once, and not with every tick
            self._show(screen.fail(self.state, self._now_s()))  # promises nothing

    def _step(self, happened: Input) -> None:
        self.health.notice(happened)
        match happened:
            case Heard():
                self._hear(happened)
            case CodeRead(text, grabbed_ms):
                self._read(text, grabbed_ms)
            case Pressed() | Typed() | LanguageChosen():
                self._touched(happened)
            case Painted(revision, at_ms):
                self.health.painted(revision, at_ms)
            case Told(message):
                self._told(message)
            case LinkChanged(online):
                self.ports.reporter.link(online)
                self.health.link(online)
                self._paint(screen.link(self.state, self.ports.reporter.is_heard))
            case DeviceChanged(device, condition, detail):
                self._device(device, condition, detail)
            case Ordered() | DoorAnswered() | DoorRecorded():
                self._at_the_door(happened)
            case Approached():
                self._paint(screen.approach(self.state, self._now_s()))
            case Passed():
                self.footfall.passed()
            case Rang():
                self._press(Pressed(Button.STAFF, self.state.revision))
            case Tick():
                self._tick()

    def _hear(self, happened: Heard) -> None:
        heard, at_s = happened.advertisement, happened.heard_s
        receiver = happened.receiver or self.rules.kiosk
        self.footfall.hear(heard.address, heard.rssi_dbm)
        for tag in self.resolver.tags(heard, at_s):  # a stranger is forgotten here and now
            self.tag_news.hear(tag, heard, at_s)
            was = self.near.get(tag, NOBODY)
            now, change = presence.hear(was, self.rules.presence, at_s, receiver, heard.rssi_dbm)
            self._notice(tag, was, now, change)

    def _notice(self, tag: str, was: Presence, now: Presence, change: Change | None) -> None:
        if now is NOBODY:
            self.near.pop(tag, None)  # hundreds pass by; remember only the near
        else:
            self.near[tag] = now
        if change is Change.ARRIVED:
            self._arrived(tag, now)
        elif change is Change.MOVED and was.is_here:
            self._report(Moved(tag, now.zone))
        elif change is Change.LEFT and was.is_here:
            self.welcomed.discard(tag)
            self._report(Left(tag, was.zone, was.dwell_s))
        elif now.is_here and now.zone == self.rules.kiosk and tag not in self.welcomed:
            self._come_closer(tag, now)

    def _come_closer(self, tag: str, now: Presence) -> None:
        """Somebody who was noticed elsewhere in the store may have come to this screen."""
        if presence.is_near(now, self.rules.presence):
            self._report(Left(tag, now.zone, now.dwell_s))
            self._arrived(tag, now)

    def _arrived(self, tag: str, now: Presence) -> None:
        ahead_s = self.resolver.ahead_s(tag)
        level_dbm = round(now.level_dbm)
        if now.zone != self.rules.kiosk:
            self._report(Arrived(tag, now.zone, level_dbm, clock_ahead_s=ahead_s))
            return
        self.welcomed.add(tag)
        session = self.ports.new_session()
        greeted = screen.greet(self.state, session, self._now_s())
        said_hello = greeted is not self.state
        self._report(Arrived(tag, now.zone, level_dbm, session if said_hello else None, ahead_s))
        self._paint(greeted)
        if said_hello:
            self.ports.panel.invite()

    def _read(self, text: str, grabbed_ms: float) -> None:
        if (tried := upkeep.read(self.state, self._now_s())) is not None:
            self._paint(tried)
            return
        now = Moment(self.ports.time.slots(), self._now_s())
        self.seen_codes, checked = codes.check(
            self.seen_codes, self.rules.codes, self.known, text, now
        )
        if checked is None:
            return
        if self.ports.door is not None:
            self._paint(screen.ask_door(self.state, self._now_s()))
            self.ports.door.show(text)
            return
        shelf = self.ports.shelf if checked.verdict is Verdict.UNREADABLE else None
        found = None if shelf is None else shelf.read(self.state, text, now.monotonic_s)
        if found is not None:
            self._paint(found)
            return
        if checked.is_again and self.state.session:
            return
        if checked.verdict is Verdict.UNREADABLE and self.leaflets.read(text, self._now_s()):
            self.ports.panel.answer(Verdict.GOOD)
            return
        session = self.ports.new_session()
        if checked.verdict in WELCOME:
            self._report(Scanned(session, checked.verdict, text))
            self._paint(screen.accept_code(self.state, session, self._now_s()))
            self.health.waiting(session, stopwatch_ms(), grabbed_ms)
        else:
            self._report(Scanned(session, checked.verdict))
            self._paint(screen.refuse_code(self.state, session, checked.verdict, self._now_s()))
        self.ports.panel.answer(checked.verdict)

    def _at_the_door(self, happened: Ordered | DoorAnswered | DoorRecorded) -> None:
        match happened:
            case Ordered(sealed):
                self._pass_order(sealed)
            case DoorAnswered(answer):
                panel, now_s = self.ports.panel, self._now_s()
                after = self.doorkeeping.answered(self.state, answer, panel, now_s)
                closing = self.ports.closing
                self._paint(after if closing is None else closing.explain(after))
            case DoorRecorded(record):
                self.doorkeeping.keep(record, self.ports.door, self._keep_report)

    def _pass_order(self, sealed: bytes) -> None:
        obeying = self.ports.obeying
        after = obeying.obey(sealed, self.state, self.health) if obeying is not None else None
        if after is not None:
            self._paint(after)
        elif self.ports.door is None:
            log.warning("an order came that is for nobody here")
        else:
            self.ports.door.pass_order(sealed)

    def _touched(self, happened: Pressed | Typed | LanguageChosen) -> None:
        match happened:
            case Pressed():
                self._press(happened)
            case Typed(text, revision) if self._is_meant(revision):
                tending = self.ports.tending
                after = self.state if tending is None else tending.typed(self.state, text)
                self._ask(proving.typed(after, text, self._now_s()))
            case LanguageChosen(language):
                self._paint(screen.speak(self.state, language, self._now_s()))

    def _press(self, pressed: Pressed) -> None:
        if not self._is_meant(pressed.revision):
            return
        session = self.state.session
        subject = self.ports.new_session() if pressed.button is Button.NUMBER else pressed.subject
        after = screen.press(self.state, pressed.button, subject, self._now_s())
        if after.since_revision != self.state.since_revision:
            if pressed.button in TOUCHES and session:
                self._report(Touched(session, TOUCHES[pressed.button], pressed.subject))
            elif pressed.button is Button.STAFF:
                self._report(Called(session or self.ports.new_session()))
            if pressed.button is Button.CONFIRM:
                self.health.waiting(session, stopwatch_ms())
        if (chose := choice_made(self.state, after)) is not None:
            self._report(chose)
        if self.ports.tending is not None:
            self.ports.tending.pressed(self.state, after, pressed.button)
        self._ask(self.ports.lending.opened(after, self._report, self._now_s()))

    def _is_meant(self, revision: int) -> bool:
        """Whether a touch is for this screen, and not for one that is gone."""
        return self.state.since_revision <= revision <= self.state.revision

    def _ask(self, after: ScreenState) -> None:
        """Paint, and ask the gateway what the new screen waits to hear; no disk remembers it."""
        asker, question = self.ports.asker, proving.question(self.state, after)
        if question is not None and (asker is None or not asker.ask(question)):
            after = proving.cut_off(after, self._now_s())
        self._paint(after)

    def _told(self, message: Show | Receipt | Trust | Denial | Allowance) -> None:
        match message:
            case Allowance():
                self.ports.lending.learn(message)
            case Receipt():
                self._receipt(message)
            case Trust():
                self._know(recognition.learn(self.known, message))
            case Denial():
                self._know(recognition.deny(self.known, message))
            case Show() if self.phone_codes.is_good(message.session, self._now_s()):
                self._claimed(message)
            case Show():
                after = screen.show(self.state, message, self._now_s())
                if message.code_answer is CodeAnswer.RIGHT and after is not self.state:
                    self._report(Touched(message.session, Touch.CONFIRM))
                    self.health.waiting(message.session, stopwatch_ms())
                if isinstance(after.screen, Offers):
                    self.health.answered(message.session, after.revision)
                self._paint(after)

    def _claimed(self, message: Show) -> None:
        self._paint(screen.claimed(self.state, message, self._now_s()))
        self.phone_codes.use_up()
        self._renew_codes()

    def _renew_codes(self) -> None:
        now_s = self._now_s()
        self._paint(self.phone_codes.renew(self.state, now_s))
        self.health.codes(self.phone_codes.told(now_s))

    def _receipt(self, receipt: Receipt) -> None:
        rift = self.ports.reporter.receipt(receipt)
        if rift is not None:
            self._device(Device.OUTBOX, Condition.DEGRADED, REMEMBERS[rift])

    def _know(self, known: Recognition) -> None:
        if known is self.known:
            return
        self.known = known
        self.resolver.know(known)
        self.tag_news.keep(known.recognises)
        for tag in [tag for tag in self.near if not known.recognises(tag)]:
            del self.near[tag]  # who withdrew consent is forgotten, not said goodbye to
            self.welcomed.discard(tag)

    def _device(self, device: Device, condition: Condition, detail: str) -> None:
        log.info("%s is %s %s", device, condition, detail)
        if self.health.device(device, condition):
            self._report(StateChanged(device, condition, detail[:200]))
            read_by = self.health.read_by(has_camera=self.rules.has_camera)
            self._paint(screen.read_by(self.state, read_by))

    def _tick(self) -> None:
        self._look_at_the_clocks()
        now_s, unix_s = self._now_s(), self.ports.time.belief().unix_s
        self._know(recognition.expire(self.known, unix_s))
        self.resolver.tick(now_s, unix_s)
        for tag, was in tuple(self.near.items()):
            self._notice(tag, was, *presence.wait(was, self.rules.presence, now_s))
        held = self.leaflets.due(self.state.screen, self.state.session, now_s)
        for one in (*self.footfall.due(now_s), *held):
            self._report(one)
        late = screen.tick(self.state, self.rules.screen, now_s)
        late = self.ports.lending.instead(self.state, late, self._report, now_s)
        closing = self.ports.closing
        late = late if closing is None else closing.look(late, now_s)
        tending = self.ports.tending
        self._paint(late if tending is None else tending.tick(late, self.health.said))
        self.ports.lending.tell(self._keep_report, is_online=not self.state.offline)
        self._renew_codes()
        told = partial(self.tag_news.told, now_s, unix_s)
        self.health.tick(self.ports.reporter.depth, told, self.state)
        self._paint(screen.link(self.state, self.ports.reporter.is_heard))
        self.ports.reporter.tick()  # last: what it cannot do must not keep health from being said

    def _look_at_the_clocks(self) -> None:
        try:
            self.ports.time.look()
        except DeviceError as error:  # the time is right; a restart may not know it
            self._device(Device.CLOCK, Condition.DEGRADED, str(error))
        else:
            if self.ports.time.is_kept and self.health.is_ok(Device.CLOCK) is False:
                self._device(Device.CLOCK, Condition.OK, "")

    def _report(self, body: Body) -> None:
        self.ports.reporter.report(body)

    def _keep_report(self, body: Body) -> None:
        self._report(body)
        self._keep_reports()

    def _keep_reports(self) -> None:
        """Before anybody is told anything: what was reported is on the disk."""
        if self.ports.reporter.keep():
            self.health.device(Device.OUTBOX, self.ports.reporter.condition)

    def _paint(self, after: ScreenState) -> None:
        self._keep_reports()
        self._show(after)

    def _show(self, after: ScreenState) -> None:
        if after.revision != self.state.revision:
            self.ports.feed.show(after)
        self.state = after

    def _now_s(self) -> float:
        return self.ports.clock.monotonic_s()
