"""What members agree to, asked and answered at a kiosk's screen, by whoever surely is the member.

Decides and records in the caller's transaction. A no is always taken, whatever words it answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import structs

from contract.events import Chose, Event
from contract.messages import AskedConsent, Consents, Hitch, Show
from contract.privacy import SKEW_MS
from gateway.core.consent import TEXT_VERSION, Method, Purpose
from gateway.core.consent_texts import PRESENT, digest
from gateway.core.greeting import Step
from gateway.core.minors import is_minor, may_agree
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Decision
from gateway.core.shop_days import day_of
from gateway.core.visits import Place
from gateway.store import consents
from gateway.store.consents import Proof
from gateway.store.scene import Scene
from gateway.store.screen_sessions import ScreenSession

PURPOSES: Mapping[str, Purpose] = {str(one): one for one in Purpose}


def asked(
    scene: Scene, session: ScreenSession, decisions: Collection[Decision], place: Place
) -> Consents | None:
    """Every purpose in the order in which they are asked; None of whoever only has a tag."""
    member = session.member
    if session.step != Step.SIGNED_IN or member is None:
        return None
    held = scene.people.consents.get(member, set())
    is_child = is_minor(scene.people.profiles[member].birthday, day_of(place.at_ms))
    needs = _needs(scene, decisions)
    return Consents(
        tuple(
            AskedConsent(
                str(one),
                TEXT_VERSION,
                PRESENT[one].title,
                PRESENT[one].says,
                one in held,
                tuple(offer for offer, purposes in needs.items() if one in purposes),
            )
            for one in Purpose
            if one in held or not is_child
        ),
        is_child,
    )


def take(scene: Scene, member: str, said: Chose, event: Event, place: Place) -> Hitch | None:
    """Write down a yes or a no with its proof; why a yes is not taken.

    A kiosk that was cut off brings it late: what was said since, wherever, has the last word.
    """
    purpose = PURPOSES.get(said.purpose)
    held, db, at_ms = scene.people.consents.setdefault(member, set()), scene.db, place.at_ms
    device = f"{place.store}/{place.kiosk}"
    proof = Proof(at_ms, Method.KIOSK, device, _evidence(said, event), said.version)
    found = hitch(scene, member, said, event, place)
    if purpose is None or found is not None:
        return found
    if not said.is_granted:
        # Two clocks are never quite one: a yes of just now does not outlive the no after it.
        if consents.last_ms(db, member, purpose, True) <= at_ms + SKEW_MS:
            consents.withdraw(db, member, purpose, proof)
            held.discard(purpose)
    elif purpose not in held and consents.last_ms(db, member, purpose, False) <= at_ms:
        consents.agree(db, member, purpose, proof)
        held.add(purpose)
    return None


def hitch(scene: Scene, member: str, said: Chose, event: Event, place: Place) -> Hitch | None:
    """Why a yes is not taken, however often it comes. A no always is."""
    purpose = PURPOSES.get(said.purpose)
    if not said.is_granted:
        return None
    if purpose is None or digest(purpose, said.version) != said.digest:
        return Hitch.OLD_TEXT
    if purpose in scene.people.consents.get(member, set()):
        return None
    birthday, day = scene.people.profiles[member].birthday, day_of(place.at_ms)
    return None if may_agree(purpose, birthday, day, _evidence(said, event)) else Hitch.MINOR


def _evidence(said: Chose, event: Event) -> str:
    return f"event {event.id} in session {said.session}"


def hindered(shown: Show, purpose: str, why: Hitch | None) -> Show:
    """The same page, which says why a yes was not taken, if it was not."""
    page = shown.consents
    if page is None or why is None:
        return shown
    marked = (
        structs.replace(one, hitch=why) if one.purpose == purpose else one for one in page.asked
    )
    return structs.replace(shown, consents=structs.replace(page, asked=tuple(marked)))


def _needs(scene: Scene, decisions: Collection[Decision]) -> dict[str, frozenset[Purpose]]:
    """What each offer on the page needs to be agreed to."""
    granted = {
        one.offer.content.id
        for one in decisions
        if one.offer is not None and one.reason is Reason.GRANTED
    }
    rules = ((rule.offer.content.id, rule.purposes) for rule in scene.rules.rules)
    return {offer: purposes for offer, purposes in rules if offer in granted}
