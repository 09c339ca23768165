"""Which shards an intake takes when several share the work; it knows nothing of who runs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from contract.identifiers import SHARDS


@dataclass(frozen=True, slots=True)
class Part:
    """One of so many intakes, counted from one; together they take every shard once."""

    number: int = 1
    of: int = 1

    @classmethod
    def read(cls, text: str) -> Self:
        """From `2/3`, the second of three. ValueError says what is wrong."""
        number, _, of = text.partition("/")
        if not (number.isascii() and number.isdigit() and of.isascii() and of.isdigit()):
            raise ValueError(f"{text[:20]!r} is no part; the second of three is 2/3")
        part = cls(int(number[:9]), int(of[:9]))
        if not 1 <= part.number <= part.of <= SHARDS:
            raise ValueError(f"{text[:20]!r}: parts are 1/N to N/N, and N is at most {SHARDS}")
        return part

    def takes(self, shard: str) -> bool:
        """Whether this one hears the stores of a shard."""
        return int(shard) % self.of == self.number - 1


WHOLE = Part()
