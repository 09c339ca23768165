"""Denials for tests, which name whom they mean."""

from __future__ import annotations

from contract.denials import digest
from contract.messages import Denial

SALT = "000102030405060708090a0b0c0d0e0f"


def denial_of(epoch: int, *tags: str, members: tuple[str, ...] = ()) -> Denial:
    """A denial in the store of most tests, of these tags and members."""
    return Denial("hue-1", epoch, SALT, _digests(tags), _digests(members))


def _digests(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(digest(SALT, one) for one in words))
