"""Whom this kiosk may recognise. Knows tags and keys, never a name; a stranger stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contract.messages import Trust


@dataclass(frozen=True, slots=True)
class Recognition:
    """The gateway's latest word on tags and pass keys, ready to look up.

    An identity that is not here belongs to nobody who agreed to be noticed: whoever asks
    gets None and must forget the identity at once.
    """

    epoch: int = -1  # below every Trust
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)  # tag id by identity
    keys: Mapping[tuple[str, int], bytes] = field(default_factory=dict, repr=False)

    def tag(self, identity: str | None) -> str | None:
        """The tag id behind a decoded beacon's identity; None also if the beacon carries none."""
        return None if identity is None else self.tags.get(identity)

    def key(self, member: str, key_id: int) -> bytes | None:
        """The public key of one of a member's devices, or None if it is not held here."""
        return self.keys.get((member, key_id))


def learn(held: Recognition, trust: Trust) -> Recognition:
    """What holds after a Trust came in. One that is not newer changes nothing.

    A retained message may arrive again and late; going back to it would revive a lost phone.
    """
    if trust.epoch <= held.epoch:
        return held
    return Recognition(
        epoch=trust.epoch,
        tags={tag.identity: tag.tag for tag in trust.tags},
        keys={(key.member, key.key_id): bytes.fromhex(key.public_key) for key in trust.keys},
    )
