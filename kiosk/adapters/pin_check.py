"""Whether a PIN is the one whose argon2id hash stands in the settings. Knows no other secret."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Some 50 ms on a desktop and 300 on a Raspberry Pi 4, where nobody else waits for the screen.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(pin: str) -> str:
    """What is kept of a PIN."""
    return _HASHER.hash(pin)


def is_right(kept: str, pin: str) -> bool:
    """Whether this is the PIN; False also for a hash that is none."""
    try:
        return _HASHER.verify(kept, pin)
    except (VerificationError, InvalidHashError):
        return False
