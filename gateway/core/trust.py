"""Who was to be recognised and is no more: what kiosks must hear before anything else."""

from __future__ import annotations

from contract import denials
from contract.messages import Denial, Trust


def first(now: Trust, salt: str) -> Denial:
    """What is said before anybody was denied, with a salt for all that follow."""
    return Denial(now.store, now.epoch, salt)


def denial(told: Trust, now: Trust, denied: Denial) -> Denial:
    """Who must be forgotten now that `told`, the trust before, has ended; `denied` went with it.

    Whoever was denied stays so, because some kiosk may not have heard the newest trust yet, until
    a trust names them again.
    """

    def still(before: set[str], after: set[str], digests: tuple[str, ...]) -> tuple[str, ...]:
        gone = {denials.digest(denied.salt, one) for one in before - after}
        back = {denials.digest(denied.salt, one) for one in after - before}
        return tuple(sorted((set(digests) - back) | gone))

    return Denial(
        now.store,
        now.epoch,
        denied.salt,
        still(_tags(told), _tags(now), denied.tags),
        still(_members(told), _members(now), denied.members),
    )


def _tags(trust: Trust) -> set[str]:
    named = {one.tag for one in trust.tags}
    return named | {one.tag for one in trust.eids} | {one.tag for one in trust.irks}


def _members(trust: Trust) -> set[str]:
    return {one.member for one in trust.keys}
