"""A kiosk's state as numbers for who watches machines: names, and what each says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contract.events import ClockTrust, Condition
from contract.messages import KioskState
from contract.vitals import Vitals

Measure = tuple[str, Mapping[str, str], float]  # name, labels besides the kiosk's own, value

# Each with its sentence; all of them go up and down.
ABOUT = {
    "hien_kiosk_online": "1 if the broker hears the kiosk.",
    "hien_kiosk_info": "1; which version it runs.",
    "hien_kiosk_outbox_events": "Events that wait for the gateway's receipt.",
    "hien_kiosk_device_health": "1 works, 0.5 works in part, 0 is broken.",
    "hien_kiosk_clock_trusted": "1 if it knows the time for certain.",
    "hien_kiosk_shown_seconds": "From a decision to its picture, 95 % of the last 500.",
    "hien_kiosk_scanned_seconds": "From a code before the camera to its picture, the same.",
    "hien_kiosk_screen_behind_seconds": "For how long the browser has owed a picture.",
    "hien_kiosk_heard_ago_seconds": "Since the radio heard anything.",
    "hien_kiosk_temperature_celsius": "Of the processor.",
    "hien_kiosk_throttled_bits": "As vcgencmd get_throttled.",
    "hien_kiosk_disk_free_bytes": "Where events are kept.",
    "hien_kiosk_disk_bytes": "Of that disk, all.",
    "hien_kiosk_card_worn_ratio": "Of the life the card's maker promised.",
    "hien_kiosk_card_written_bytes": "Since the machine started.",
    "hien_kiosk_memory_free_bytes": "That programs can still get.",
    "hien_kiosk_up_seconds": "Since the machine started.",
}
HEALTH = {Condition.OK: 1.0, Condition.DEGRADED: 0.5, Condition.OUT: 0.0}


def of_state(state: KioskState) -> Iterator[Measure]:
    """All that a state says in numbers; what is unknown is left out, and never 0."""
    yield "hien_kiosk_online", {}, float(state.online)
    yield "hien_kiosk_info", {"version": state.version}, 1.0
    if not state.online:
        return  # the rest is old
    yield "hien_kiosk_outbox_events", {}, state.outbox_depth
    yield "hien_kiosk_clock_trusted", {}, float(state.clock is ClockTrust.TRUSTED)
    for device, condition in state.devices.items():
        yield "hien_kiosk_device_health", {"device": device.value}, HEALTH[condition]
    known = {
        "hien_kiosk_shown_seconds": _seconds(state.decided_to_painted_p95_ms),
        "hien_kiosk_scanned_seconds": _seconds(state.grabbed_to_painted_p95_ms),
        "hien_kiosk_screen_behind_seconds": None if state.glass is None else state.glass.behind_s,
        "hien_kiosk_heard_ago_seconds": state.heard_ago_s,
        **(_of_machine(state.vitals) if state.vitals is not None else {}),
    }
    for name, value in known.items():
        if value is not None:
            yield name, {}, value


def _of_machine(vitals: Vitals) -> dict[str, float | None]:
    worn = vitals.card_worn_percent
    return {
        "hien_kiosk_temperature_celsius": vitals.temperature_c,
        "hien_kiosk_throttled_bits": vitals.throttled,
        "hien_kiosk_disk_free_bytes": vitals.disk_free_bytes,
        "hien_kiosk_disk_bytes": vitals.disk_total_bytes,
        "hien_kiosk_card_worn_ratio": None if worn is None else worn / 100,
        "hien_kiosk_card_written_bytes": vitals.card_written_bytes,
        "hien_kiosk_memory_free_bytes": vitals.memory_free_bytes,
        "hien_kiosk_up_seconds": vitals.up_s,
    }


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1_000
