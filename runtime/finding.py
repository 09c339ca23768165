"""What somebody who looks after a machine is told: one thing, how it is, and what to do then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it is."""

    OK = "ok"
    DOUBTFUL = "doubtful"  # it works, and will not for ever
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing. Names no person and no shopper."""

    what: str
    level: Level
    found: str
    remedy: str = ""  # a sentence with a command in it, unless all is well


def well(what: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(what, Level.OK, found)


def doubtful(what: str, found: str, remedy: str) -> Finding:
    """Something to do before long."""
    return Finding(what, Level.DOUBTFUL, found, remedy)


def broken(what: str, found: str, remedy: str) -> Finding:
    """Something to do now."""
    return Finding(what, Level.BROKEN, found, remedy)
