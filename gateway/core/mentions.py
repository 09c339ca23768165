"""Whom and what events speak of: tags, passes, holders, sessions. Nothing is believed yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from contract import passes
from contract.errors import ContractError
from contract.events import (
    Arrived,
    Called,
    Chose,
    Entry,
    Event,
    Followed,
    Left,
    Moved,
    Scanned,
    Touched,
)
from contract.passes import MemberPass

# What happens in a screen's session.
AT_SCREEN = (Arrived, Scanned, Touched, Chose, Called, Followed)


def sessions(events: Iterable[Event]) -> set[tuple[str, str, str]]:
    """The sessions at screens: store, kiosk, session."""
    return {
        (event.store, event.kiosk, event.body.session)
        for event in events
        if isinstance(event.body, AT_SCREEN) and event.body.session
    }


def arrived(events: Iterable[Event]) -> set[str]:
    """The tags that came."""
    return {event.body.tag for event in events if isinstance(event.body, Arrived)}


def tags(events: Iterable[Event]) -> set[str]:
    """The tags that came, moved or went."""
    return {tag for tag, _ in heard(events)}


def heard(events: Iterable[Event]) -> set[tuple[str, str]]:
    """Each tag that came, moved or went, and the store."""
    return {
        (event.body.tag, event.store)
        for event in events
        if isinstance(event.body, Arrived | Moved | Left)
    }


def at_screens(events: Collection[Event], owners: Mapping[str, str]) -> set[str]:
    """Who came near a screen where something else happens in the same batch."""
    busy = sessions(one for one in events if not isinstance(one.body, Arrived))
    return {
        owners[one.body.tag]
        for one in events
        if isinstance(one.body, Arrived)
        and one.body.tag in owners
        and (one.store, one.kiosk, one.body.session) in busy
    }


def shown_passes(events: Iterable[Event]) -> list[tuple[MemberPass, str]]:
    """The passes that were held to cameras, each with its store."""
    found = []
    for event in events:
        if isinstance(event.body, Scanned) and event.body.text:
            try:
                found.append((passes.read(event.body.text), event.store))
            except ContractError:
                continue
    return found


def claimed(events: Collection[Event]) -> set[tuple[str, str]]:
    """Who is here by what passes and doors say, and the store."""
    doors = {
        (event.body.holder, event.store)
        for event in events
        if isinstance(event.body, Entry) and event.body.holder
    }
    return doors | {(shown.member, store) for shown, store in shown_passes(events)}
