"""A phone's key becomes a member's: the one-time code, the proof, and how many keys live at once.

The private half never comes here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from contract import signatures

CODE_BYTES = 16  # nobody guesses one of 2^128, so nobody has to be slowed down
CODE_LIFE_MS = 15 * 60_000  # from the counter to the phone; a link in an old message is worthless
# A member may go on with the old phone until doors without network have heard of the new one.
OLD_KEY_LIFE_MS = 7 * 24 * 3_600_000
KEY_IDS = 256  # one byte in a pass


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that is good; `ends_at_ms` None: until another comes."""

    key_id: int
    enrolled_at_ms: int
    ends_at_ms: int | None


def digest(code: str) -> str:
    """What is kept of a one-time code: whoever reads the database cannot use it."""
    return sha256(f"hien phone code {code}".encode()).hexdigest()


def link(address: str, code: str) -> str:
    """What makes a phone a card. No server and no log sees the fragment."""
    return f"{address}/phone/#{code}"


def public_key(said: str) -> bytes | None:
    """The key a phone says, as passes are checked with it; None if it is none."""
    try:
        return signatures.from_raw(bytes.fromhex(said))
    except ValueError:
        return None


def proves(code: str, said: str, proof: str) -> bool:
    """Whether whoever says a public key also holds its private half, now and for this code."""
    key = public_key(said)
    try:
        signature = bytes.fromhex(proof)
    except ValueError:
        return False
    return key is not None and signatures.is_signed(_signed(code, said), signature, key)


def next_key_id(live: Collection[LiveKey]) -> int:
    """The number of a new key: the one after the newest, 0 after 255."""
    newest = max(live, key=lambda one: (one.enrolled_at_ms, one.key_id), default=None)
    return 1 if newest is None else (newest.key_id + 1) % KEY_IDS


def ends(live: Collection[LiveKey], now_ms: int) -> dict[int, int]:
    """When each live key ends because another comes now: the newest lives on for a while.

    So there are never more than two.
    """
    newest_first = sorted(live, key=lambda one: (one.enrolled_at_ms, one.key_id), reverse=True)
    until_ms = now_ms + OLD_KEY_LIFE_MS
    return {
        key.key_id: now_ms if place else min(key.ends_at_ms or until_ms, until_ms)
        for place, key in enumerate(newest_first)
    }


def _signed(code: str, said: str) -> bytes:
    return f"hien-phone-1 {code} {said}".encode()
