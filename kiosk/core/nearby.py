"""What the radios hear just now, identity by identity, for a person who looks. Decides nothing.

It shows strangers' identities, which no kiosk keeps: this is for whoever stands beside the radio.
"""

from __future__ import annotations

from typing import NamedTuple

from kiosk.core import signal
from kiosk.core.advertisement import decode
from kiosk.core.formats.fields import Beacon
from kiosk.core.inputs import Heard
from kiosk.core.presence import PresenceRules
from kiosk.core.resolving import Resolver
from kiosk.core.signal import Signal

FORGOTTEN_S = 60.0  # a table of what is near, not of what was
ROWS = 1_000  # as many as nobody reads; the longest silent goes first

PRIVATE_ADDRESS = "private-address"  # a member's phone that sends no beacon


class Row(NamedTuple):
    """One identity at one receiver."""

    format: str
    identity: str  # "" where the format carries none
    tag: str  # whose it is, as far as is known; else ""
    receiver: str
    zone: str
    rssi_dbm: int  # the last
    signal: Signal
    times: int  # heard since it came


class Nearby:
    """All that was heard lately. One thread owns it."""

    def __init__(self, rules: PresenceRules, own_receiver: str, resolver: Resolver) -> None:
        self._rules = rules
        self._own = own_receiver
        self._resolver = resolver
        self._rows: dict[tuple[str, str, str], Row] = {}  # the longest silent first

    def hear(self, happened: Heard) -> list[Row]:
        """The rows that an advertisement made or changed; none if it says nothing to us."""
        heard = happened.advertisement
        tag = " ".join(self._resolver.tags(heard, happened.heard_s))
        named = [(beacon.format, _identity(beacon)) for beacon in decode(heard)]
        if tag and not named:
            named = [(PRIVATE_ADDRESS, "")]
        return [self._note(happened, name, identity, tag) for name, identity in named]

    def rows(self, now_s: float) -> list[Row]:
        """What was heard within a minute, the loudest first."""
        for key, row in tuple(self._rows.items()):
            if now_s - row.signal.heard_s <= FORGOTTEN_S:
                break
            del self._rows[key]
        return sorted(self._rows.values(), key=lambda row: -row.signal.level_dbm)

    def _note(self, happened: Heard, name: str, identity: str, tag: str) -> Row:
        receiver = happened.receiver or self._own
        rssi_dbm, now_s = happened.advertisement.rssi_dbm, happened.heard_s
        known = self._rules.receivers.get(receiver)
        level_dbm = rssi_dbm if known is None else rssi_dbm - known.offset_db
        before = self._rows.pop((name, identity, receiver), None)
        if before is None or now_s - before.signal.heard_s > FORGOTTEN_S:
            times, heard = 1, signal.first(now_s, level_dbm, self._rules.enter_dbm)
        else:
            times = before.times + 1
            heard = signal.hear(before.signal, now_s, level_dbm, self._rules.enter_dbm)
        zone = self._rules.zone(receiver)
        row = Row(name, identity, tag, receiver, zone, rssi_dbm, heard, times)
        self._rows[name, identity, receiver] = row
        if len(self._rows) > ROWS:
            del self._rows[next(iter(self._rows))]
        return row


def _identity(beacon: Beacon) -> str:
    """What an operator would register, or what a tag with a rotating identity shows just now."""
    return beacon.identity or str(beacon.fields().get("eid", ""))
