"""Names that travel: stores, kiosks, shards, events. Their form is fixed, their length bounded."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated

from msgspec import Meta

SHARDS = 64  # ordered streams; fixed for ever, since a store's shard is derived from its id

NAME_PATTERN = "^[a-z0-9-]{1,32}$"  # no dots and no slashes: RabbitMQ maps '.' to '/' in topics

StoreId = Annotated[str, Meta(pattern=NAME_PATTERN)]
KioskId = Annotated[str, Meta(pattern=NAME_PATTERN)]
Shard = Annotated[str, Meta(pattern="^[0-5][0-9]$|^6[0-3]$")]
EventId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]  # a UUIDv7 in hex
Epoch = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]  # random, new with a new outbox
Chain = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
SessionId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]  # one shopper's time at one screen
TagId = Annotated[str, Meta(pattern="^[0-9a-z-]{1,32}$")]  # the gateway's name for a radio identity
MemberId = Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]  # six bytes, as they stand in a pass
PassId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]  # of a retailer's pass, eight bytes
HolderId = Annotated[str, Meta(pattern="^([0-9a-f]{12}|[0-9a-f]{16})?$")]  # of either, or nobody

_NAME = re.compile(NAME_PATTERN)


def is_name(text: str) -> bool:
    """Whether a text may be a store or kiosk id."""
    return _NAME.fullmatch(text) is not None


def shard_of(store: str) -> str:
    """The shard (`00`…`63`) a store's events travel in; the same on every machine for ever."""
    return f"{sha256(store.encode()).digest()[0] % SHARDS:02}"


def uuid7(at_ms: int, entropy: bytes) -> str:
    """A UUIDv7 (RFC 9562, section 5.7) in 32 hex digits.

    `at_ms` is Unix time and only sorts: 74 bits of `entropy` (10 bytes) make the id unique,
    so a clock that jumps cannot make two events one.
    """
    if len(entropy) != 10:
        raise ValueError("entropy must be 10 bytes")
    random = int.from_bytes(entropy)
    high = (at_ms & (1 << 48) - 1) << 16 | 0x7000 | random >> 68
    low = 0b10 << 62 | random & (1 << 62) - 1
    return f"{high << 64 | low:032x}"
