"""How a denial means somebody without naming them. Pure; finds nobody by itself.

A denial stays at the broker after its members were erased. Who holds a trust that names them finds
out whom it means; of who holds none, only a guess can be tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b

DIGEST_BYTES = 8  # of 100,000 denied and 100,000 trusted, two look alike once in 1.8 billion


def digest(salt: str, word: str) -> str:
    """What stands for a tag or a member: BLAKE2b keyed with the denial's salt, 8 bytes in hex."""
    return blake2b(word.encode(), key=bytes.fromhex(salt), digest_size=DIGEST_BYTES).hexdigest()


def meant(salt: str, digests: Collection[str], known: Iterable[str]) -> frozenset[str]:
    """Those of some tags or members whom digests mean."""
    if not digests:
        return frozenset()
    return frozenset(one for one in known if digest(salt, one) in digests)
