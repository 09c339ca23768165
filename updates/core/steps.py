"""The steps of an update, and what becomes of it wherever it is cut off. No IO.

The journal is written before a step is taken, so whoever reads it after a power cut knows what may
have happened. Two links decide what runs: the one that services start by, and the one to the
version that has proven well. Until a new version has proven well, only the first leads to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

# One that is cut off while it is tried may have been so by accident, or may be why.
TRIES_MAX = 2


class Phase(StrEnum):
    """What is being done, or may have been."""

    RESTING = "resting"
    FETCHING = "fetching"
    BUILDING = "building"
    SWITCHING = "switching"
    TRYING = "trying"
    PROVING = "proving"
    RETURNING = "returning"


class Journal(msgspec.Struct, frozen=True):
    """What is on the disk. Of the last update while resting; `old` is what one goes back to."""

    phase: Phase = Phase.RESTING
    new_version: str = ""
    new: str = ""  # the folder it is built in
    old_version: str = ""
    old: str = ""
    highest: str = "0.0.0"  # the newest that ever proved well here
    tries: dict[str, int] = {}  # versions that did not, and how often
    why: str = ""  # why one goes back
    said: str = ""  # what became of the last update, for people
    is_well: bool = True  # whether that is as it should be


@dataclass(frozen=True, slots=True)
class Chosen:
    """An update begins."""

    new_version: str
    new: str
    old_version: str
    old: str


@dataclass(frozen=True, slots=True)
class Done:
    """What the phase says was done."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not."""

    why: str
    is_final: bool = False  # so that it is not tried again


@dataclass(frozen=True, slots=True)
class Found:
    """A process starts and finds this journal: the one before it did not come to its end."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """A person wants the version before this one."""


Event = Chosen | Done | Failed | Found | SentBack

NEXT = {
    Phase.FETCHING: Phase.BUILDING,
    Phase.BUILDING: Phase.SWITCHING,
    Phase.SWITCHING: Phase.TRYING,
    Phase.TRYING: Phase.PROVING,
}
BESIDE = (Phase.FETCHING, Phase.BUILDING)  # nothing that runs has been touched
UNPROVEN = (Phase.SWITCHING, Phase.TRYING)


def step(was: Journal, event: Event) -> Journal:
    """What to write down next; unless it says resting, its phase is what to do then.

    ValueError if that cannot happen now.
    """
    match event:
        case Chosen() if was.phase is Phase.RESTING:
            return msgspec.structs.replace(
                was,
                phase=Phase.FETCHING,
                new_version=event.new_version,
                new=event.new,
                old_version=event.old_version,
                old=event.old,
                why="",
            )
        case SentBack() if was.phase is Phase.RESTING and was.old:
            return _returning(was, "somebody sent it back", TRIES_MAX)
        case Done() if was.phase in NEXT:
            return msgspec.structs.replace(was, phase=NEXT[was.phase])
        case Done() if was.phase is Phase.PROVING:
            return _rest(
                # what failed was older, and `highest` keeps it away from now on
                msgspec.structs.replace(was, highest=was.new_version, tries={}),
                f"{was.new_version} runs, and has proven well; before it was {was.old_version}",
            )
        case Done() if was.phase is Phase.RETURNING:
            said = f"{was.new_version} was taken back ({was.why}): {was.old_version} runs again"
            return _rest(msgspec.structs.replace(was, old="", old_version=""), said, is_well=False)
        case Failed(why, is_final) if was.phase in UNPROVEN:
            return _returning(was, why, TRIES_MAX if is_final else 1)
        case Found() if was.phase in UNPROVEN:
            return _returning(was, f"cut off while {was.phase}", 1)
        case Failed(why) if was.phase in BESIDE:
            return _unfinished(was, why)
        case Found() if was.phase in BESIDE:
            return _unfinished(was, f"cut off while {was.phase}")
        case Found() if was.phase is not Phase.RESTING:
            return was  # proving and returning are done again until they are done
    raise ValueError(f"{type(event).__name__} while {was.phase}")


def is_given_up(journal: Journal, version: str) -> bool:
    """Whether a version is not tried any more on this machine."""
    return journal.tries.get(version, 0) >= TRIES_MAX


def _returning(was: Journal, why: str, tries: int) -> Journal:
    counted = was.tries.get(was.new_version, 0) + tries
    return msgspec.structs.replace(
        was, phase=Phase.RETURNING, why=why, tries={**was.tries, was.new_version: counted}
    )


def _unfinished(was: Journal, why: str) -> Journal:
    """The folder it was built in is begun anew the next time."""
    said = f"{was.new_version} was not installed ({why}): {was.old_version} runs as before"
    return _rest(msgspec.structs.replace(was, old="", old_version=""), said, is_well=False)


def _rest(was: Journal, said: str, *, is_well: bool = True) -> Journal:
    return msgspec.structs.replace(was, phase=Phase.RESTING, said=said, is_well=is_well)
