"""What the switches of a kiosk mean. It reads none."""

from __future__ import annotations

from enum import StrEnum

from contract.events import Condition, Device
from kiosk.core.inputs import Approached, DeviceChanged, Passed, Rang


class Role(StrEnum):
    """What a switch is there for."""

    MOTION = "motion"  # a sensor that sees people move before the screen
    CALL = "call"  # a button, besides the screen's own
    BEAM = "beam"  # a light barrier at the door; it counts who comes through
    TAMPER = "tamper"  # on while the case is open


def meaning(role: Role, is_on: bool) -> Approached | Rang | Passed | DeviceChanged | None:
    """What happened, now that this switch has changed."""
    match role:
        case Role.MOTION:
            return Approached() if is_on else None
        case Role.BEAM:
            return Passed() if is_on else None
        case Role.CALL:
            return Rang() if is_on else None
        case Role.TAMPER if is_on:
            return DeviceChanged(Device.CASE, Condition.OUT, "somebody opened the case")
    return DeviceChanged(Device.CASE, Condition.OK)
