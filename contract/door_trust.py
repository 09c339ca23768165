"""Whom the doors of a store may let in: public keys, and who of them no longer. Always sealed.

Two documents, because the keys are large and change slowly, the revocations small and often.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from contract.events import VERSION, UnixMs
from contract.identifiers import PassId, StoreId
from contract.messages import Count, Hex, Message, TrustedKey


class RetailerKey(Message, frozen=True):
    """The public half of a key that signs entry cards (Ed25519, 32 bytes in hex)."""

    key_id: Annotated[int, Meta(ge=0, le=255)]
    public_key: Hex


class Keyring(Message, frozen=True):
    """The pass keys of everybody who ever may enter. A key's place in `members` is its index."""

    store: StoreId
    epoch: Count  # grows; a door never goes back to an older one
    members: tuple[TrustedKey, ...] = ()
    retailer: Annotated[tuple[RetailerKey, ...], Meta(max_length=4)] = ()  # two live, two coming
    v: int = VERSION


class Revocations(Message, frozen=True):
    """Who may enter no more, as of a moment. Exact: a filter would shut out a paying member.

    Bit `i % 8` of byte `i // 8` of `members` revokes the keyring's member key `i`: 125 kB for a
    million members, and a byte beyond its end revokes nobody.
    """

    store: StoreId
    keyring: Count  # the epoch of the keyring it counts in
    epoch: Count
    issued_ms: UnixMs
    members: bytes = b""
    cards: Annotated[tuple[PassId, ...], Meta(max_length=100_000)] = ()
    v: int = VERSION
