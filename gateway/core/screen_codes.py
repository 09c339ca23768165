"""Whether a phone's claim of a kiosk's code counts, and why not. Pure but for what it counts."""

from __future__ import annotations

from enum import StrEnum

from contract.messages import KioskState

# A member checks in once a visit. Who claims the codes in a picture again and again from afar would
# ask "are you N***?" of strangers: at most this often.
CLAIMS = 6
WITHIN_MS = 10 * 60_000
MEMBERS = 10_000  # remembered at once: a thousand claims a minute


class Answer(StrEnum):
    """The closed list of answers."""

    ACCEPTED = "accepted"
    UNREADABLE = "unreadable"
    EXPIRED = "expired"  # no screen shows this code, or not any more: which, is not told
    OFFLINE = "offline"  # the screen cannot be reached just now
    REFUSED = "refused"  # no such member, no such phone, or another's signature: it is not told
    TOO_OFTEN = "too_often"
    USED = "used"  # another phone was first, or this one was here before


def is_shown(state: KioskState, said_at_ms: int, digest: str, now_ms: int) -> bool:
    """Whether a code is good, by what its kiosk said when. Needs no clock but the gateway's."""
    age_ms = now_ms - said_at_ms
    return any(one.digest == digest and 0 <= age_ms < one.left_ms for one in state.codes)


class Pace:
    """How often each claimed or asked lately. Bounded: whoever did longest ago is forgotten."""

    def __init__(self, most: int = CLAIMS) -> None:
        self._most = most
        self._claims_ms: dict[str, tuple[int, ...]] = {}  # by member, who claimed last at the end

    def allows(self, member: str, now_ms: int) -> bool:
        """Whether this one may claim or ask now; if so, it counts."""
        before = self._claims_ms.pop(member, ())
        lately = tuple(at_ms for at_ms in before if now_ms - at_ms < WITHIN_MS)
        is_allowed = len(lately) < self._most
        self._claims_ms[member] = (*lately, now_ms) if is_allowed else lately
        if len(self._claims_ms) > MEMBERS:
            del self._claims_ms[next(iter(self._claims_ms))]
        return is_allowed
