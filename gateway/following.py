"""A tracked link held to a kiosk: what brought whoever's own page is open there."""

from __future__ import annotations

from contract.events import Event, Followed
from gateway.core.attribution import Key, Tags
from gateway.core.greeting import OWN_PAGE
from gateway.core.visits import Place
from gateway.store import touches
from gateway.store.scene import Scene
from gateway.store.touches import Noted


def heard(of: Scene, event: Event, followed: Followed, place: Place) -> None:
    """Keep it as a touch of theirs, if they agreed to profiling; else nothing is kept."""
    session = of.session(place, followed.session)
    if session.member is None or session.step not in OWN_PAGE:
        return
    tags = Tags(followed.campaign, followed.origin, followed.medium)
    noted = Noted(f"{place.store}/{place.kiosk}", event.id, place.at_ms, Key.CHECK_IN, tags)
    touches.learn(of.db, of.people.heir(session.member), noted)
