"""What to do about a manifest that is offered: take it, wait, refuse it; always with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.errors import ContractError
from updates.core import release, rollout, steps, versions
from updates.core.release import Release
from updates.core.rollout import Surroundings
from updates.core.steps import Journal


class Verdict(StrEnum):
    """What to do."""

    TAKE = "take"
    WAIT = "wait"  # it may be taken later, or by a person
    NOTHING = "nothing"  # it is here already
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do, and why; the release, if it is one."""

    verdict: Verdict
    why: str
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """Who chooses."""

    device: str
    running: str
    keys: Mapping[int, bytes]
    journal: Journal


def choose(data: bytes, machine: Machine, now: Surroundings | None) -> Choice:
    """Judge a sealed manifest. `now` is None when a person asks for it at this moment.

    A person may hurry, and forgive a version that failed here; nobody may do without the seal, the
    order of versions, or the minimum.
    """
    try:
        offered = release.opened(machine.keys, data)
    except ContractError as error:
        return Choice(Verdict.REFUSE, f"the release is not to be believed: {error}")
    running = versions.read(machine.running)
    if offered.number == running:
        return Choice(Verdict.NOTHING, f"{running} is what runs here", offered)
    highest = versions.read(machine.journal.highest)
    if (why := release.refusal(offered, running, highest)) is not None:
        return Choice(Verdict.REFUSE, why, offered)
    if now is None:
        return Choice(Verdict.TAKE, f"{offered.number} follows {running}", offered)
    if steps.is_given_up(machine.journal, offered.version):
        why = f"{offered.number} did not prove well here; a newer one, or a person, may try"
        return Choice(Verdict.REFUSE, why, offered)
    if not rollout.takes(offered, machine.device):
        return Choice(Verdict.WAIT, f"{offered.number} is for others first", offered)
    if (why := rollout.obstacle(now)) is not None:
        return Choice(Verdict.WAIT, f"{offered.number} waits: {why}", offered)
    return Choice(Verdict.TAKE, f"{offered.number} follows {running}", offered)
