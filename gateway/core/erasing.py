"""Who somebody is, in every spelling by which a trace of them may be found. Pure; finds nothing."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

from contract import passes
from contract.errors import ContractError
from gateway.core.external_ids import COUNTRY

KEY_BYTES = 32
TAG_ID = "tag-id:"  # before our own name of a tag, in what a tombstone is made of
LEAST_LETTERS = 4  # "An" stands in too many messages that are not theirs


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is to be forgotten: all their names here and elsewhere."""

    members: frozenset[str]
    tags: frozenset[str]
    words: frozenset[str]  # name, numbers, addresses, identities; as they stand in bodies

    @property
    def needles(self) -> tuple[bytes, ...]:
        """What a body must not hold."""
        return tuple(sorted(word.encode() for word in {*self.members, *self.tags, *self.words}))

    def is_in(self, body: bytes) -> bool:
        """Whether a body says something of them; passes say it in a writing of their own."""
        return any(needle in body for needle in self.needles) or self._is_pass_in(body)

    def _is_pass_in(self, body: bytes) -> bool:
        start = body.find(b'"MD1:')
        if start < 0:
            return False
        text = body[start + 1 : body.find(b'"', start + 1)]
        try:
            return passes.read(text.decode()).member in self.members
        except (ContractError, UnicodeDecodeError):
            return False


def spellings_of(externals: Iterable[str], *said: str) -> frozenset[str]:
    """Ids without their kind, a number as people write it at home, and what else was said."""
    found = {one.partition(":")[2] for one in externals} | set(said)
    found |= {one.rpartition(":")[2] for one in found}
    found |= {"0" + one.removeprefix(COUNTRY) for one in found if one.startswith(COUNTRY)}
    return frozenset(one for one in found if len(one) >= LEAST_LETTERS)


def digest(key: bytes, word: str) -> str:
    """A tombstone: without the key nobody can try who it is, for telephone numbers are few."""
    return hmac.new(key, f"hien erased {word}".encode(), sha256).hexdigest()


def tombstones(key: bytes, words: Collection[str]) -> dict[str, str]:
    """Each word by its tombstone."""
    return {digest(key, word): word for word in words}


def receipt(key: bytes, number: int, asked_at_ms: int) -> str:
    """What somebody gets in hand: a number, and letters that nobody else could have written."""
    proof = hmac.new(key, f"hien receipt {number} {asked_at_ms}".encode(), sha256).hexdigest()
    return f"Q{number}-{proof[:10]}"


def code(key: bytes, number: int, member: str) -> str:
    """Six digits that somebody types back before everything goes; good for one request."""
    proof = hmac.new(key, f"hien erase {number} {member}".encode(), sha256).digest()
    return f"{int.from_bytes(proof[:8]) % 1_000_000:06}"


def number_on(said: str) -> int | None:
    """The number on a receipt; whether it is genuine says its proof."""
    head = said.strip().partition("-")[0]
    digits = head.removeprefix("Q")
    is_number = head != digits and digits.isascii() and digits.isdigit() and len(digits) < 16
    return int(digits) if is_number else None
