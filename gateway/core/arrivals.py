"""Whether a phone's word that it is here counts, and why not. Keeps nothing but what was said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from contract.arrivals import Arrival
from gateway.core.consent import Purpose

OLDEST_MS = 120_000  # a visit ends two minutes after its last evidence; older opens a false one
EARLIEST_MS = 60_000  # phones' clocks are set over the network; beyond it one of two is wrong
NONCES = 50_000  # 400 members a second for the two minutes in which one can come again


class Answer(StrEnum):
    """The closed list of answers."""

    ACCEPTED = "accepted"
    UNREADABLE = "unreadable"
    REFUSED = "refused"  # no such member, no such phone, or another's signature: it is not told
    OLD = "old"
    EARLY = "early"
    REPLAYED = "replayed"
    CONSENT_MISSING = "consent_missing"
    UNKNOWN_BEACON = "unknown_beacon"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gateway knows of what was claimed."""

    is_genuine: bool  # signed by a key of that member that is good now
    consents: Collection[Purpose]
    is_known_beacon: bool


def judge(arrival: Arrival, facts: Facts, now_ms: int) -> Answer:
    """The answer, but for a replay. Whoever did not sign learns nothing else, whatever is asked."""
    if not facts.is_genuine:
        return Answer.REFUSED
    if arrival.heard_ms < now_ms - OLDEST_MS:
        return Answer.OLD
    if arrival.heard_ms > now_ms + EARLIEST_MS:
        return Answer.EARLY
    if Purpose.PRESENCE not in facts.consents:
        return Answer.CONSENT_MISSING
    if not facts.is_known_beacon:
        return Answer.UNKNOWN_BEACON
    return Answer.ACCEPTED


class Nonces:
    """The arrivals that counted lately. One that is forgotten is too old to count again.

    Its memory is its process's own. That is enough, because a replay is harmless besides: it says
    the same of the same time, and a visit that has heard it does not change.
    """

    def __init__(self) -> None:
        self._until_ms: dict[tuple[str, int, str], int] = {}

    def claim(self, arrival: Arrival, now_ms: int) -> bool:
        """Whether this arrival is new; from now on it is not."""
        name = _name(arrival)
        for oldest, until_ms in tuple(self._until_ms.items()):
            if until_ms >= now_ms and len(self._until_ms) < NONCES:
                break
            del self._until_ms[oldest]
        if name in self._until_ms:
            return False
        self._until_ms[name] = now_ms + OLDEST_MS + EARLIEST_MS
        return True

    def release(self, arrival: Arrival) -> None:
        """It did not count after all, and may come again."""
        self._until_ms.pop(_name(arrival), None)


def _name(arrival: Arrival) -> tuple[str, int, str]:
    return arrival.member, arrival.key_id, arrival.nonce
