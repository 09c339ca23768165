"""Where each field of a profile comes from, and since when."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec


class Origin(NamedTuple):
    """Some fields that came from one place at one time."""

    source: str  # csv import, a connector's name, staff
    at_ms: int
    fields: tuple[str, ...]


_decode = msgspec.json.Decoder(tuple[Origin, ...]).decode


def written(source: str, at_ms: int, fields: Collection[str], before: str = "") -> str:
    """The provenance of a profile of which some fields changed; what it was `before`, if any."""
    new = Origin(source, at_ms, tuple(fields))
    kept = (
        origin._replace(fields=tuple(one for one in origin.fields if one not in new.fields))
        for origin in read(before)
    )
    return msgspec.json.encode([*(one for one in kept if one.fields), new]).decode()


def read(stored: str) -> tuple[Origin, ...]:
    """The origins of a profile's fields, the oldest first."""
    return _decode(stored) if stored else ()
