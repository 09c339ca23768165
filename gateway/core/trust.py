"""Who was to be recognised and is no more: what kiosks must hear before anything else."""

from __future__ import annotations

from contract.messages import Denial, Trust


def denial(told: Trust | None, now: Trust, denied: Denial | None) -> Denial:
    """Who must be forgotten now that `told`, the trust before, has ended.

    Whoever was denied stays so, because some kiosk may not have heard the newest trust yet, until
    a trust names them again.
    """
    tags = _tags(told) | set(denied.tags if denied else ())
    members = _members(told) | set(denied.members if denied else ())
    return Denial(
        now.store,
        now.epoch,
        tuple(sorted(tags - _tags(now))),
        tuple(sorted(members - _members(now))),
    )


def _tags(trust: Trust | None) -> set[str]:
    if trust is None:
        return set()
    named = {one.tag for one in trust.tags}
    return named | {one.tag for one in trust.eids} | {one.tag for one in trust.irks}


def _members(trust: Trust | None) -> set[str]:
    return set() if trust is None else {one.member for one in trust.keys}
