"""What each kind of event leads to: whose visit it is, what the screen may show, who is called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from contract.events import (
    Arrived,
    Called,
    Chose,
    Condition,
    Device,
    Entry,
    Event,
    Incident,
    Left,
    Moved,
    Record,
    Scanned,
    StateChanged,
    Touch,
    Touched,
    Verdict,
)
from contract.messages import Level, Live, Noun, Refusal, Show
from gateway import check_in, choosing, own_orders, pass_judging
from gateway.core import alerts as alert_rules
from gateway.core import greeting
from gateway.core.alerts import COMING, AlertKind
from gateway.core.consent import Purpose
from gateway.core.greeting import OWN_PAGE, Step
from gateway.core.matching import Evidence, Source
from gateway.core.offers import why_not
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Decision, Used, evaluate
from gateway.core.orders import OrderState, OrderStep
from gateway.core.tiers import TIER_NAMES, Tier
from gateway.core.visits import Place, happened_ms
from gateway.situations import at_screen, local
from gateway.store import alerts, entries, measured_days, orders, pauses, redemptions
from gateway.store.offers import Decided
from gateway.store.orders import Deed, OrderRow
from gateway.store.redemptions import Holder
from gateway.store.scene import Scene, span_of
from gateway.store.screen_sessions import ScreenSession
from gateway.store.visits import Visit

WELCOME = (Verdict.GOOD, Verdict.UNVERIFIED)
SHOWN_ORDERS = 12  # what contract.messages.Show carries


@dataclass(slots=True)
class Turn:
    """One event's turn: what it leads to, in the database and in words to say later."""

    scene: Scene
    event: Event
    shows: list[Show] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)
    place: Place = field(init=False)  # where and when the event happened

    def __post_init__(self) -> None:
        at_ms = happened_ms(self.event, self.scene.shop.now_ms)
        self.place = Place(self.event.store, self.event.kiosk, at_ms)

    def arrived(self, arrived: Arrived) -> None:
        """A tag: a visit, perhaps a card for staff, but no word to the screen."""
        member = self.scene.people.owners.get(arrived.tag)
        if member is None:
            return  # consent was withdrawn since the kiosk heard of it
        visit = self._visit(member, Source.TAG)
        visit.heard_by += 1
        if arrived.session is not None:
            session = self.scene.session(self.place, arrived.session)
            session.member, session.visit, session.step = member, visit.visit, Step.HELLO
        self._announce_arrival(member, visit)

    def still_here(self, body: Moved | Left) -> None:
        """A tag elsewhere or gone: it was here until now."""
        member = self.scene.people.owners.get(body.tag)
        if member is None:
            return
        visit = self._visit(member, Source.TAG)
        if isinstance(body, Left):
            visit.heard_by = max(visit.heard_by - 1, 0)

    def reported(self, member: str) -> None:
        """A member's own phone says that it is here: as a tag, and nobody will report it gone."""
        heir = self.scene.people.heir(member)
        self._announce_arrival(heir, self._visit(heir, Source.PHONE))

    def scanned(self, scanned: Scanned) -> None:
        """A code: if it is a pass and good, the screen becomes personal."""
        if scanned.verdict not in WELCOME:
            return
        session = self.scene.session(self.place, scanned.session)
        refusal, member = pass_judging.judge(self.scene, self.place, scanned.text)
        if refusal is not None:
            self._refuse(session, refusal)
            return
        visit = self._visit(member, Source.PASS)
        session.member, session.visit = member, visit.visit
        self._welcome(session, visit, Step.SIGNED_IN)
        self._announce_arrival(member, visit)

    def touched(self, touched: Touched) -> None:
        """A deliberate touch in a session."""
        session = self.scene.session(self.place, touched.session)
        if session.member is None:
            if touched.touch in (Touch.HELLO, Touch.CONFIRM):
                self._refuse(session, Refusal.NOT_RECOGNISED)
            return
        if session.step == Step.CLAIMED:
            self._answered_phone(touched.touch, session, session.member)
            return
        visit = self._visit(session.member, Source.TOUCH)
        match touched.touch, session.step:
            case Touch.HELLO, _:
                self._ask(session)
            case Touch.CONFIRM, Step.PROVEN:
                self._proven(session, session.member)
            case Touch.CONFIRM, Step.ASKED | Step.PERSONAL | Step.SIGNED_IN:
                self._confirm(session, visit)
            case Touch.CONFIRM, _:
                self._refuse(session, Refusal.NOT_RECOGNISED)
            case Touch.DENY, _:
                session.member = session.visit = None
                session.step = Step.HELLO
            case Touch.PAUSE, Step.ASKED | Step.PERSONAL | Step.SIGNED_IN:
                pauses.begin(self.scene.db, session.member, self.place.at_ms)
                session.member = session.visit = None
                session.step = Step.HELLO
            case Touch.PICK_UP, Step.PERSONAL | Step.SIGNED_IN:
                self._announce_order(touched.subject, session.member, visit)
            case Touch.CHECK_IN, Step.PERSONAL | Step.SIGNED_IN:
                self._check_in(touched.subject, session, visit)

    def _answered_phone(self, touch: Touch, session: ScreenSession, member: str) -> None:
        """What was touched after a phone had claimed the screen's code.

        Only a yes says that its member is here: the phone may have read a picture of the code.
        """
        if touch is Touch.CONFIRM:
            visit = self._visit(member, Source.SCREEN_CODE)
            session.visit = visit.visit
            self._welcome(session, visit, Step.SIGNED_IN)
            self._announce_arrival(member, visit)
        else:
            session.member, session.step = None, Step.HELLO

    def _proven(self, session: ScreenSession, member: str) -> None:
        """The code that was sent to a member's telephone was typed here."""
        visit = self._visit(member, Source.NUMBER)
        session.visit = visit.visit
        self._welcome(session, visit, Step.SIGNED_IN)
        self._announce_arrival(member, visit)

    def chose(self, chose: Chose) -> None:
        """A yes or a no to one purpose; the screen is told how things stand now."""
        session = self.scene.session(self.place, chose.session)
        if session.member is None or session.step != Step.SIGNED_IN:
            return  # whoever only has a tag may not: the tag may be somebody else's
        self._visit(session.member, Source.TOUCH)
        hitch = choosing.take(self.scene, session.member, chose, self.event, self.place)
        self._answer(session, self._decide(session))
        self.shows[-1] = choosing.hindered(self.shows[-1], chose.purpose, hitch)

    def called(self, called: Called) -> None:
        """Somebody asks for a person."""
        session = self.scene.session(self.place, called.session)
        member = session.member if session.step in OWN_PAGE else None
        visit = self._visit(member, Source.TOUCH).visit if member is not None else None
        card = self._card(AlertKind.HELP, member, called.session)
        if card is not None:
            card.visit = visit

    def is_news(self, record: Record) -> bool:
        """Keep what a door wrote down; False if it came before, from a kiosk that was restarted."""
        name = entries.name_of(self.event, record)
        if name in self.scene.records:
            return False
        self.scene.records.add(name)
        entries.add(self.scene.db, self.event, record)
        wrote = (self.event.store, record.decided_ms)
        measured_days.outdate(self.scene.db, [wrote], self.scene.shop.now_ms)
        self.changed(Noun.KIOSK, self.event.kiosk)
        return True

    def entered(self, entry: Entry) -> None:
        """A door let a member in: they are here, and staff elsewhere hear of nobody by that."""
        if entry.is_granted and entry.holder in self.scene.people.profiles:
            self._visit(self.scene.people.heir(entry.holder), Source.DOOR)

    def trouble(self, incident: Incident) -> None:
        """Something is wrong with a door: one card, until somebody has looked."""
        if not incident.is_over:
            self._card(AlertKind.DOOR, None, f"door:{incident.door}")

    def kiosk_changed(self, changed: StateChanged) -> None:
        """A part of a kiosk failed or came back; a case that is open is one card, as a door is."""
        self.changed(Noun.KIOSK, self.event.kiosk)
        if changed.device is Device.CASE and changed.condition is Condition.OUT:
            self._card(AlertKind.CASE, None, f"case:{self.event.kiosk}")

    def again(self, asked: Scanned | Touched | Chose) -> None:
        """The event came before: say again what it led to, if that still stands."""
        session = self.scene.session(self.place, asked.session)
        if session.answers != self.event.id:
            return
        show = self._show(session, self._decide(session))
        if isinstance(asked, Chose) and session.member is not None:
            hitch = choosing.hitch(self.scene, session.member, asked, self.event, self.place)
            show = choosing.hindered(show, asked.purpose, hitch)
        self.shows.append(show)

    def changed(self, noun: Noun, id_: object) -> None:
        """Tell the web pages to read something again."""
        change = Live(noun, str(id_))
        if change not in self.live:
            self.live.append(change)

    def _visit(self, member: str, source: Source) -> Visit:
        span = span_of(self.event, self.scene.shop.now_ms)
        visit, gone = self.scene.join(self.place, Evidence(member, source, span))
        for number in (visit.visit, *gone):
            self.changed(Noun.VISIT, number)
        return visit

    def _refuse(self, session: ScreenSession, refusal: Refusal) -> None:
        session.step, session.refusal = Step.REFUSED, refusal
        self._answer(session, [])

    def _ask(self, session: ScreenSession) -> None:
        if self._consents(session.member) >= {Purpose.PRESENCE}:
            session.step = Step.ASKED
            self._answer(session, [])
        else:
            self._refuse(session, Refusal.NOT_RECOGNISED)

    def _confirm(self, session: ScreenSession, visit: Visit) -> None:
        if session.step == Step.ASKED and Purpose.PRESENCE not in self._consents(session.member):
            self._refuse(session, Refusal.CONSENT_MISSING)  # withdrawn since the question
        else:
            is_sure = session.step == Step.SIGNED_IN
            self._welcome(session, visit, Step.SIGNED_IN if is_sure else Step.PERSONAL)

    def _welcome(self, session: ScreenSession, visit: Visit, step: Step) -> None:
        session.step = step
        decisions = self._decide(session)
        at_ms, who = self.place.at_ms, visit.member
        self.scene.decide(Decided(visit.visit, self.event.id, decisions, at_ms, who))
        self._answer(session, decisions)

    def _answer(self, session: ScreenSession, decisions: Collection[Decision]) -> None:
        session.answers = self.event.id
        self.shows.append(self._show(session, decisions))

    def _decide(self, session: ScreenSession) -> list[Decision]:
        """What the visitor of a personal session may be offered, and why not the rest."""
        if session.step not in OWN_PAGE or session.member is None:
            return []
        return evaluate(
            self.scene.rules, at_screen(self.scene, session, self.place), self._used(session)
        )

    def _used(self, session: ScreenSession) -> dict[str, Used]:
        """How often the offers with caps are given out; reservations that are over do not count."""
        capped, db, at_ms = self.scene.rules.capped, self.scene.db, self.place.at_ms
        if not capped:
            return {}
        redemptions.lapse(db, self.scene.shop.now_ms, capped)
        day = local(at_ms).date().isoformat()
        holder = Holder(session.store, day, session.member, session.visit)
        return redemptions.used(db, capped, holder, at_ms)

    def _show(self, session: ScreenSession, decisions: Collection[Decision]) -> Show:
        """What a session's screen may show now; never more than its step allows."""
        member = session.member
        if session.step == Step.REFUSED or member is None or session.step == Step.HELLO:
            refusal = Refusal(session.refusal or Refusal.NOT_RECOGNISED)
            return Show(session.session, self.event.id, Level.REFUSED, refusal)
        profile = self.scene.people.profiles[member]
        if session.step == Step.ASKED:
            masked = greeting.masked(profile.name)
            return Show(session.session, self.event.id, Level.CONFIRM, masked_name=masked)
        points = self.scene.people.points[member]
        return Show(
            session.session,
            self.event.id,
            Level.PERSONAL,
            name=greeting.first_name(profile.name),
            points=points.usable,
            points_pending=points.pending,
            points_ending=points.ending,
            points_end_ms=points.ends_at_ms,
            tier=TIER_NAMES[Tier(profile.tier)],
            offers=tuple(
                one.offer.content
                for one in decisions
                if one.offer is not None and one.reason is Reason.GRANTED
            ),
            orders=tuple(
                own_orders.shown(order, session.store, self.scene.shop.pay_to)
                for order in self.scene.people.orders[member][:SHOWN_ORDERS]
            ),
            why_not=why_not.told(decisions),
            appointments=check_in.shown(
                self.scene.db, self.scene.people.appointments[member], self.place
            ),
            consents=choosing.asked(self.scene, session, decisions, self.place),
        )

    def _is_ready_here(self, order: OrderRow) -> bool:
        return order.state == OrderState.READY and orders.is_at(order, self.event.store)

    def _announce_order(self, order: str, member: str, visit: Visit) -> None:
        mine = {one.order: one for one in self.scene.people.orders[member]}
        if order not in mine or mine[order].state in (OrderState.PLACED, OrderState.PREPARING):
            return
        if not orders.is_at(mine[order], self.event.store):
            return
        by, place = f"kiosk:{self.event.kiosk}", self.place
        orders.take(self.scene.db, order, Deed(OrderStep.ARRIVE, by, place.at_ms, "", place.store))
        card = self._card(AlertKind.PICK_UP, member, None)
        if card is not None:
            card.visit, card.order = visit.visit, order

    def _check_in(self, appointment: str, session: ScreenSession, visit: Visit) -> None:
        """Whatever comes of it, the screen is told: a ticket, or why not."""
        mine = self.scene.people.appointments[visit.member]
        row = check_in.take(self.scene.db, mine, appointment, self.place, self.scene.shop.now_ms)
        if row is not None and row.alert is not None:
            card = self.scene.db.get_one(alerts.AlertRow, row.alert)
            card.visit = visit.visit
            if card not in self.scene.alerts:
                self.scene.alerts.append(card)
            self.changed(Noun.ALERT, card.alert)
        self._answer(session, self._decide(session))

    def _announce_arrival(self, member: str, visit: Visit) -> None:
        consents = self._consents(member)
        if not alert_rules.may_be_announced(consents):
            return
        ready = [one for one in self.scene.people.orders[member] if self._is_ready_here(one)]
        tier = Tier(self.scene.people.profiles[member].tier)
        kind = alert_rules.on_arrival(consents, tier, bool(ready))
        if kind is None:
            return
        since_ms = self.place.at_ms - alert_rules.AGAIN_AFTER_MS
        lately = self.scene.cards_of(self.event.store, member, None)
        if any(card.offered_at_ms >= since_ms for card in lately):
            return
        card = self._card(kind, member, None)
        if card is not None:
            card.visit = visit.visit
            card.order = ready[0].order if ready else None

    def _card(
        self, kind: AlertKind, member: str | None, session: str | None
    ) -> alerts.AlertRow | None:
        """The visitor's one card, which says the most urgent thing; None if it is too late."""
        for card in self.scene.cards_of(self.event.store, member, session):
            if card.state in COMING:
                card.kind = alert_rules.most_urgent(AlertKind(card.kind), kind)
                card.member = card.member or member
                self.changed(Noun.ALERT, card.alert)
                return card
        if self.scene.shop.now_ms - self.place.at_ms > alert_rules.STALE_AFTER_MS:
            return None
        card = alerts.due(self.place, kind)
        card.member, card.session = member, session
        self.scene.alerts.append(alerts.offer(self.scene.db, card))
        self.changed(Noun.ALERT, card.alert)
        return card

    def _consents(self, member: str | None) -> set[Purpose]:
        return self.scene.people.consents.get(member or "", set())
