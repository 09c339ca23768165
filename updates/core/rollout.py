"""Which machines take a release, and when they may. Knows no clock: it is told the time."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from kiosk.core import hours
from kiosk.core.hours import OpeningHours, Shop
from updates.core.release import Release

NEEDS_MIN = 20  # to build, restart and watch it; a Raspberry Pi 4 builds for 5


def share(version: str, device: str) -> int:
    """0 to 99: the same whenever it is asked, another with each version, so nobody is always first.

    A hash, so that a hundred machines fall evenly and need no list.
    """
    digest = sha256(f"{version} {device}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100


def takes(release: Release, device: str) -> bool:
    """Whether a machine (kiosk@store) is among those that take a release by themselves."""
    return device in release.canaries or share(release.version, device) < release.percent


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is asked before an update begins by itself."""

    unix_s: float
    is_time_certain: bool
    unsent: int | None  # events that the gateway has not confirmed; None if nobody says
    opening: OpeningHours


def obstacle(now: Surroundings) -> str | None:
    """Why no update may begin by itself just now; None if it may."""
    if not now.is_time_certain:
        return "nobody steers this machine's clock, so it may be opening time"
    minutes = range(0, NEEDS_MIN + 1, 5)
    if any(hours.at(now.opening, now.unix_s + 60 * one) is Shop.OPEN for one in minutes):
        return f"the shop is open, or opens within {NEEDS_MIN} minutes"
    if now.unsent is None:
        return "the kiosk does not say how many events it has not sent yet; does it run?"
    if now.unsent:
        return f"{now.unsent} events have not reached the gateway yet"
    return None
