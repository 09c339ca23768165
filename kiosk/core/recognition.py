"""Whom this kiosk may recognise. Knows tags and keys, never a name; a stranger stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contract import denials
from contract.messages import Denial, Trust, TrustedEid, TrustedIrk

_FOR_EVER = float("inf")


@dataclass(frozen=True, slots=True)
class Recognition:
    """The gateway's latest word on tags and pass keys, ready to look up.

    An identity that is not here belongs to nobody who agreed to be noticed: whoever asks
    gets None and must forget the identity at once.
    """

    epoch: int = -1  # below every Trust
    denial: Denial | None = field(default=None, repr=False)  # the newest
    not_after_s: float = _FOR_EVER  # Unix time
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)  # tag id by identity
    keys: Mapping[tuple[str, int], bytes] = field(default_factory=dict, repr=False)
    eids: tuple[TrustedEid, ...] = field(default=(), repr=False)
    irks: tuple[TrustedIrk, ...] = field(default=(), repr=False)
    named: frozenset[str] = field(default=frozenset(), repr=False)  # every tag id of the four
    denied_tags: frozenset[str] = field(default=frozenset(), repr=False)  # of these, by `denial`
    denied_members: frozenset[str] = field(default=frozenset(), repr=False)

    def tag(self, identity: str | None) -> str | None:
        """The tag id behind a beacon's static identity; None also if it carries none."""
        tag = None if identity is None else self.tags.get(identity)
        return None if tag in self.denied_tags else tag

    def recognises(self, tag: str) -> bool:
        """Whether a tag may be noticed, however it was found."""
        return tag in self.named and tag not in self.denied_tags

    def key(self, member: str, key_id: int) -> bytes | None:
        """The public key of one of a member's devices, or None if it is not to be trusted."""
        return None if member in self.denied_members else self.keys.get((member, key_id))


def learn(held: Recognition, trust: Trust) -> Recognition:
    """What holds after a Trust came in. One that is not newer changes nothing.

    A retained message may arrive again and late; going back to it would revive a lost phone.
    """
    if trust.epoch <= held.epoch:
        return held
    learned = replace(
        held,
        epoch=trust.epoch,
        not_after_s=trust.not_after_ms / 1_000,
        tags={tag.identity: tag.tag for tag in trust.tags},
        keys={(key.member, key.key_id): bytes.fromhex(key.public_key) for key in trust.keys},
        eids=trust.eids,
        irks=trust.irks,
        named=frozenset(
            [one.tag for one in trust.tags]
            + [one.tag for one in trust.eids]
            + [one.tag for one in trust.irks]
        ),
    )
    return _barred(learned)


def deny(held: Recognition, denial: Denial) -> Recognition:
    """What holds after a Denial came in: it outlives any Trust, and only a newer one lifts it."""
    if held.denial is not None and denial.epoch <= held.denial.epoch:
        return held
    return _barred(replace(held, denial=denial))


def expire(held: Recognition, unix_s: float) -> Recognition:
    """What still holds at a time: nobody is recognised on a word that has grown too old."""
    if unix_s <= held.not_after_s:
        return held
    return Recognition(held.epoch, held.denial)


def _barred(held: Recognition) -> Recognition:
    """The same, with whom the newest denial means: they are looked up at every advertisement."""
    if held.denial is None:
        return held
    salt, members = held.denial.salt, {member for member, _ in held.keys}
    return replace(
        held,
        denied_tags=denials.meant(salt, frozenset(held.denial.tags), held.named),
        denied_members=denials.meant(salt, frozenset(held.denial.members), members),
    )
