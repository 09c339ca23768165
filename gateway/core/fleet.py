"""How a kiosk is, judged by what it last said, and when somebody is told. Tells nobody itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.events import ClockTrust, Condition, Device
from contract.messages import KioskState

HOT_C = 80.0  # from here on a Raspberry Pi slows itself down (raspberrypi.com, config.txt)
UNDER_VOLTAGE = 1 << 0 | 1 << 16  # now; since the start (vcgencmd get_throttled)
SLOWED = 0b1110  # now: capped, throttled, soft limit
DISK_FEW_BYTES = 500 << 20  # room for an update
CARD_WORN_PERCENT = 80  # of the life its maker promised; time to order another
BACKLOG = 1_000  # events that wait; a busy kiosk has them after half a day without a gateway
DARK_S = 30.0  # a browser paints within 0.3 s
# What people feel as immediate (docs of the demo's promise): beyond it a kiosk wants a look.
SLOW_SHOWN_MS, SLOW_SCANNED_MS = 250, 400

LASTS_MS = 5 * 60_000  # a restart, or a supply that was changed, is nobody's night
QUIET_MS = 6 * 3_600_000  # what comes and goes is told once in a shift


class Trouble(StrEnum):
    """What can be wrong with a kiosk; each has its words."""

    NEVER_SPOKE = "never_spoke"
    OFFLINE = "offline"
    DARK = "dark"
    DEAF = "deaf"
    PART = "part"
    POWER = "power"
    HOT = "hot"
    DISK = "disk"
    CARD = "card"
    CLOCK = "clock"
    BACKLOG = "backlog"
    SLOW = "slow"


# What somebody must see to before the next shopper does; the rest is on the page.
TOLD_OF = frozenset(
    {Trouble.OFFLINE, Trouble.DARK, Trouble.DEAF, Trouble.PART, Trouble.POWER, Trouble.HOT}
    | {Trouble.DISK, Trouble.CARD, Trouble.BACKLOG}
)


def troubles(state: KioskState | None) -> tuple[Trouble, ...]:
    """What is wrong with a kiosk, the worst first. What is unknown is not wrong."""
    if state is None:
        return (Trouble.NEVER_SPOKE,)
    if not state.online:
        return (Trouble.OFFLINE,)  # what it said before is old
    radio = state.devices.get(Device.RADIO, Condition.OK)
    others = [one for device, one in state.devices.items() if device is not Device.RADIO]
    glass, vitals = state.glass, state.vitals
    found = {
        Trouble.DARK: glass is not None and glass.behind_s > DARK_S,
        Trouble.DEAF: radio is not Condition.OK,
        Trouble.PART: any(one is not Condition.OK for one in others),
        Trouble.CLOCK: state.clock is not ClockTrust.TRUSTED,
        Trouble.BACKLOG: state.outbox_depth > BACKLOG,
        Trouble.SLOW: (state.decided_to_painted_p95_ms or 0) > SLOW_SHOWN_MS
        or (state.grabbed_to_painted_p95_ms or 0) > SLOW_SCANNED_MS,
    }
    if vitals is not None:
        throttled, free_bytes = vitals.throttled or 0, vitals.disk_free_bytes
        found |= {
            Trouble.POWER: bool(throttled & UNDER_VOLTAGE),
            Trouble.HOT: (vitals.temperature_c or 0) >= HOT_C or bool(throttled & SLOWED),
            Trouble.DISK: free_bytes is not None and free_bytes < DISK_FEW_BYTES,
            Trouble.CARD: (vitals.card_worn_percent or 0) >= CARD_WORN_PERCENT,
        }
    return tuple(trouble for trouble in Trouble if found.get(trouble, False))


@dataclass(frozen=True, slots=True)
class Alarm:
    """One trouble of one kiosk, as it was seen."""

    since_ms: int
    told_ms: int | None = None  # when somebody was told last
    is_over: bool = False  # it is remembered until its quiet period is over


@dataclass(frozen=True, slots=True)
class Look:
    """What a look makes of alarms: what is remembered, and what is to be told now."""

    alarms: dict[Trouble, Alarm]
    tell: tuple[Trouble, ...]


def look(known: Mapping[Trouble, Alarm], now: tuple[Trouble, ...], now_ms: int) -> Look:
    """Compare what is wrong now with what was.

    A trouble is told once it has lasted, and again only after its quiet period, however often it
    comes and goes in between.
    """
    alarms: dict[Trouble, Alarm] = {}
    tell = []
    for trouble in now:
        was = known.get(trouble)
        begins_anew = was is None or was.is_over
        since_ms = now_ms if was is None or begins_anew else was.since_ms
        told_ms = None if was is None else was.told_ms
        alarms[trouble] = Alarm(since_ms, told_ms)
        is_quiet = told_ms is not None and now_ms - told_ms < QUIET_MS
        if trouble in TOLD_OF and now_ms - since_ms >= LASTS_MS and not is_quiet:
            tell.append(trouble)
    for trouble, was in known.items():
        if trouble not in alarms and was.told_ms is not None and now_ms - was.told_ms < QUIET_MS:
            alarms[trouble] = Alarm(was.since_ms, was.told_ms, is_over=True)
    return Look(alarms, tuple(tell))
