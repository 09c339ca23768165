"""Whom the doors of a store may let in, as they are told it: from the members' keys."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.door_trust import Keyring, RetailerKey, Revocations
from contract.messages import TrustedKey
from gateway.store import entry_cards
from gateway.store.profiles import PassKeyRow


def papers(
    db: Session, store: str, epoch: int, now_ms: int, retailer: Mapping[int, str]
) -> tuple[Keyring, Revocations]:
    """Everybody's keys, and which of them and of the entry cards have ended, under one epoch.

    `retailer` are the public keys that sign entry cards, by number. An ended key stays in the
    keyring, so that a door can say why it lets nobody in with it.
    """
    rows = db.scalars(select(PassKeyRow).order_by(PassKeyRow.member, PassKeyRow.key_id)).all()
    members = tuple(TrustedKey(row.member, row.key_id, row.public_key) for row in rows)
    cards = tuple(RetailerKey(number, key) for number, key in sorted(retailer.items()))
    ended = bytearray((len(rows) + 7) // 8)
    for place, row in enumerate(rows):
        if row.ends_at_ms is not None and row.ends_at_ms <= now_ms:
            ended[place // 8] |= 1 << place % 8
    return (
        Keyring(store, epoch, members, cards),
        Revocations(store, epoch, epoch, now_ms, bytes(ended), entry_cards.ended(db)),
    )
