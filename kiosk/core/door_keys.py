"""Whose passes a door may honour: the keyring and the revocations, ready to look up.

Public keys only. Both documents were unsealed before they come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contract.door_trust import Keyring, Revocations


@dataclass(frozen=True, slots=True)
class DoorKeys:
    """What holds until newer documents come."""

    keyring_epoch: int = -1  # below every keyring
    revocations_epoch: int = -1
    issued_s: float = 0.0  # Unix time of the revocations; what was revoked later is unknown here
    members: Mapping[tuple[str, int], tuple[int, bytes]] = field(default_factory=dict, repr=False)
    retailer: Mapping[int, bytes] = field(default_factory=dict)
    revoked_members: bytes = field(default=b"", repr=False)
    revoked_cards: frozenset[str] = field(default=frozenset(), repr=False)

    def member(self, member: str, key_id: int) -> bytes | None:
        """The public key of one of a member's devices, also of a revoked one."""
        found = self.members.get((member, key_id))
        return None if found is None else found[1]

    def is_revoked(self, member: str, key_id: int) -> bool:
        """Whether a device that has a key may enter no more."""
        found = self.members.get((member, key_id))
        byte, bit = divmod(found[0], 8) if found is not None else (-1, 0)
        return 0 <= byte < len(self.revoked_members) and bool(self.revoked_members[byte] >> bit & 1)


def learn(held: DoorKeys, keyring: Keyring, revocations: Revocations) -> DoorKeys | None:
    """What holds with these two; None if they do not belong together or are not newer.

    Going back would revive whoever was revoked since.
    """
    if revocations.keyring != keyring.epoch:
        return None  # one of them is still on its way
    if revocations.epoch <= held.revocations_epoch or keyring.epoch < held.keyring_epoch:
        return None
    return DoorKeys(
        keyring_epoch=keyring.epoch,
        revocations_epoch=revocations.epoch,
        issued_s=revocations.issued_ms / 1_000,
        members={
            (key.member, key.key_id): (index, bytes.fromhex(key.public_key))
            for index, key in enumerate(keyring.members)
        },
        retailer={key.key_id: bytes.fromhex(key.public_key) for key in keyring.retailer},
        revoked_members=revocations.members,
        revoked_cards=frozenset(revocations.cards),
    )
