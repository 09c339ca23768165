"""What each kind of event leads to: whose visit it is, what the screen may show, who is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contract import passes
from contract.errors import ContractError
from contract.events import Arrived, Called, Event, Scanned, Touch, Touched, Verdict
from contract.messages import Level, Live, Noun, Refusal, Show, ShownOrder, Text
from gateway.core import alerts as alert_rules
from gateway.core import greeting
from gateway.core.alerts import AlertKind
from gateway.core.consent import Purpose
from gateway.core.matching import Evidence, Source
from gateway.core.offers import Offer, Reason, Tier, Visitor, choose
from gateway.store import alerts, offers, orders, profiles, visits
from gateway.store.orders import OrderState
from gateway.store.profiles import ProfileRow
from gateway.store.visits import Place, ScreenSessionRow, VisitRow

SHOP_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # offers end at the shop's midnight
WELCOME = (Verdict.GOOD, Verdict.UNVERIFIED)

TIER_NAMES = {
    Tier.MEMBER: Text("Thành viên", "Member"),
    Tier.SILVER: Text("Bạc", "Silver"),
    Tier.GOLD: Text("Vàng", "Gold"),
}


@dataclass(frozen=True, slots=True)
class Shop:
    """What holds for a whole batch."""

    store_no: dict[str, int]
    owners: dict[str, str]  # whose each tag is, of those who consent to presence
    offers: Sequence[Offer]


@dataclass(slots=True)
class Turn:
    """One event's turn: what it leads to, in the database and in words to say later."""

    db: Session
    shop: Shop
    event: Event
    shows: list[Show] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where and when the event happened."""
        return Place(self.event.store, self.event.kiosk, self.event.at_ms)

    def arrived(self, arrived: Arrived) -> None:
        """A tag: a visit, perhaps a card for staff, but no word to the screen."""
        member = self.shop.owners.get(arrived.tag)
        if member is None:
            return  # consent was withdrawn since the kiosk heard of it
        visit = self._visit(Evidence(member, Source.TAG))
        if arrived.session is not None:
            self._begin(arrived.session, member, visit, is_confirmed=False)
        self._call_staff(member, visit)

    def scanned(self, scanned: Scanned) -> None:
        """A code: if it is a pass and good, the screen becomes personal."""
        if scanned.verdict not in WELCOME:
            return
        refusal, member = self._judge(scanned.text)
        if refusal is not None:
            self._refuse(scanned.session, refusal)
            return
        visit = self._visit(Evidence(member, Source.PASS))
        self._begin(scanned.session, member, visit, is_confirmed=True)
        self._show_personal(scanned.session, member, visit)
        self._call_staff(member, visit)

    def touched(self, touched: Touched) -> None:
        """A deliberate touch in a session."""
        session = visits.session_at(self.db, self.place, touched.session)
        if session is None or session.member is None or session.visit is None:
            if touched.touch in (Touch.HELLO, Touch.CONFIRM):
                self._refuse(touched.session, Refusal.NOT_RECOGNISED)
            return
        visit = self.db.get_one(VisitRow, session.visit)
        match touched.touch:
            case Touch.HELLO:
                self._ask(touched.session, session.member)
            case Touch.CONFIRM:
                session.is_confirmed = True
                self._show_personal(touched.session, session.member, visit)
            case Touch.DENY:
                session.member = None
            case Touch.PICK_UP if session.is_confirmed:
                self._announce(touched.subject, session.member, visit)

    def called(self, called: Called) -> None:
        """Somebody asks for a person; one card a session."""
        alert = alerts.due(self.place, AlertKind.HELP)
        alert.session = called.session
        session = visits.session_at(self.db, self.place, called.session)
        if session is not None and session.is_confirmed:
            alert.member, alert.visit = session.member, session.visit
        self._offer(alert)

    def changed(self, noun: Noun, id_: object) -> None:
        """Tell the web pages to read something again."""
        self.live.append(Live(noun, str(id_)))

    def _visit(self, evidence: Evidence) -> VisitRow:
        visit = visits.join(self.db, self.place, evidence)
        self.changed(Noun.VISIT, visit.visit)
        return visit

    def _begin(self, session: str, member: str, visit: VisitRow, *, is_confirmed: bool) -> None:
        self.db.merge(
            ScreenSessionRow(
                store=self.event.store,
                kiosk=self.event.kiosk,
                session=session,
                member=member,
                visit=visit.visit,
                is_confirmed=is_confirmed,
            )
        )

    def _judge(self, text: str) -> tuple[Refusal | None, str]:
        """Why a pass is refused, if it is, and whose it is. The gateway has the last word."""
        try:
            shown = passes.read(text)
        except ContractError:
            return Refusal.UNKNOWN_PASS, ""
        key = profiles.pass_keys(self.db, {shown.member}).get((shown.member, shown.key_id))
        if key is None:
            return Refusal.UNKNOWN_PASS, ""
        if not passes.is_genuine(shown, key):
            return Refusal.FORGED_PASS, ""
        if shown.store_no not in (passes.ANY_STORE, self.shop.store_no[self.event.store]):
            return Refusal.FOREIGN_PASS, ""
        age = shown.slot - passes.slot_at(self.event.at_ms / 1000)
        if not passes.OLDEST_SLOT <= age <= passes.NEWEST_SLOT:
            return Refusal.EXPIRED_PASS, ""
        if not visits.use_pass(self.db, self.place, shown.member, shown.slot):
            return Refusal.REPLAYED_PASS, ""
        return None, shown.member

    def _refuse(self, session: str, refusal: Refusal) -> None:
        self.shows.append(Show(session, self.event.id, Level.REFUSED, refusal))

    def _ask(self, session: str, member: str) -> None:
        masked = greeting.masked(self._profile(member).name)
        self.shows.append(Show(session, self.event.id, Level.CONFIRM, masked_name=masked))

    def _show_personal(self, session: str, member: str, visit: VisitRow) -> None:
        profile = self._profile(member)
        consents = profiles.consents(self.db, {member})[member]
        visitor = Visitor(
            Tier(profile.tier),
            profiles.interests(profile),
            Purpose.PERSONAL_OFFERS in consents,
            visit.confidence,
            datetime.fromtimestamp(self.event.at_ms / 1000, UTC).astimezone(SHOP_TIME).date(),
        )
        decisions = choose(visitor, self.shop.offers)
        offers.record(self.db, visit.visit, self.event.id, decisions, self.event.at_ms)
        granted = [one.offer for one in decisions if one.offer and one.reason is Reason.GRANTED]
        self.shows.append(
            Show(
                session,
                self.event.id,
                Level.PERSONAL,
                name=greeting.first_name(profile.name),
                points=profile.points,
                tier=TIER_NAMES[visitor.tier],
                offers=tuple(offer.content for offer in granted),
                orders=tuple(
                    ShownOrder(
                        order.order,
                        order.number,
                        order.items,
                        order.unpaid_vnd,
                        order.state == OrderState.READY,
                    )
                    for order in orders.open_of(self.db, member)
                ),
            )
        )

    def _announce(self, order: str, member: str, visit: VisitRow) -> None:
        if not orders.announce(self.db, order, member):
            return
        alert = alerts.due(self.place, AlertKind.PICK_UP)
        alert.member, alert.visit, alert.order = member, visit.visit, order
        self._offer(alert)

    def _call_staff(self, member: str, visit: VisitRow) -> None:
        consents = profiles.consents(self.db, {member})[member]
        ready = [one for one in orders.open_of(self.db, member) if one.state == OrderState.READY]
        kind = alert_rules.on_arrival(consents, Tier(self._profile(member).tier), bool(ready))
        if kind is None:
            return
        alert = alerts.due(self.place, kind)
        alert.member, alert.visit = member, visit.visit
        alert.order = ready[0].order if ready else None
        self._offer(alert)

    def _offer(self, alert: alerts.AlertRow) -> None:
        offered = alerts.offer(self.db, alert)
        if offered is not None:
            self.changed(Noun.ALERT, offered.alert)

    def _profile(self, member: str) -> ProfileRow:
        return self.db.get_one(ProfileRow, member)
