"""A kiosk's kiosk.toml, as kiosk/settings.py reads it."""

from __future__ import annotations

from firmware_config import places
from firmware_config.outputs.opening_table import opening_table
from firmware_config.places import Places
from firmware_config.plan import Camera, Kiosk, Plan
from firmware_config.toml_text import Table, written

HEADING = "Written by hien plan build; change the plan and build again."
TIME_SOURCE = {"driver": "told"}  # by hien-clock.service: confined, nobody may ask the kernel
# When a switch counts as on: a PIR drives its line high, a button closes, an opened case opens.
ON_WHEN = {"motion": "open", "call": "closed", "tamper": "open"}


def kiosk_file(plan: Plan, kiosk: Kiosk, issuer: str, at: Places) -> str:
    """The whole file; `issuer` is the public key that this shop believes, in hex."""
    gateway = plan.gateway
    tables: dict[str, object] = {
        "store": plan.store.id,
        "store_no": plan.store.number,
        "store_name": plan.store.name,
        "kiosk": kiosk.id,
        "kiosk_name": kiosk.name,
        "data_dir": at(places.KIOSK_DATA),
        "enrol_port": gateway.enrol_port,
        "has_battery_clock": kiosk.has_battery_clock,
        "broker": {
            "host": gateway.names[0],
            "port": gateway.port,
            "tls": {
                "ca": at(f"{places.KIOSK_DATA}/house-ca.pem"),
                "certificate": at(f"{places.KIOSK_DATA}/identity.pem"),
            },
        },
        "screen": _screen(plan, kiosk, at),
        "trust": {"issuers": {"1": issuer}},
        "radio": _radio(plan, kiosk),
        "time_source": TIME_SOURCE,
        "camera": _camera(kiosk.camera),
        "scanners": [
            {"driver": one.driver, "options": {"device": one.device}} for one in kiosk.scanners
        ],
        "pins": _pins(kiosk),
    }
    return written({**tables, **_parts(plan, kiosk, at)}, HEADING)


def _parts(plan: Plan, kiosk: Kiosk, at: Places) -> dict[str, object]:
    """What only some kiosks have."""
    parts: dict[str, object] = {}
    if kiosk.camera.driver != "none":
        parts["eye"] = {"socket": at(places.EYE_SOCKET)}
    if plan.store.opening is not None:
        parts["opening"] = opening_table(plan.store.opening, plan.store.timezone)
    if kiosk.power_at_1m_dbm is not None:
        parts["presence"] = {"power_at_1m_dbm": kiosk.power_at_1m_dbm}
    switches = {
        name: _switch(pin, when)
        for name, when in ON_WHEN.items()
        if (pin := getattr(kiosk.pins, name)) is not None
    }
    if switches:
        parts["switches"] = switches
    if kiosk.beacon is not None:
        beacon = plan.beacon(kiosk.beacon)
        parts["beacon"] = {
            "identity": beacon.identity,
            "power_at_1m_dbm": beacon.power_at_1m_dbm,
            "adapter": kiosk.adapter,
        }
    if plan.door_at(kiosk.id) is not None:
        parts["door"] = {
            "socket": at(f"{places.DOOR_RUN}/door.sock"),
            "trust_folder": at(places.TRUST),
        }
    if heard := plan.heard_by(kiosk.id):
        parts["receivers"] = [
            {"kind": one.kind, "id": one.id, "zone": one.zone, "offset_db": one.offset_db}
            for one in heard
        ]
        if plan.boards is not None:
            parts["receivers_broker"] = {"host": plan.boards.host, "port": plan.boards.port}
    return parts


def _screen(plan: Plan, kiosk: Kiosk, at: Places) -> Table:
    screen: dict[str, object] = {
        "port": kiosk.screen_port,
        "panel_diagonal_in": kiosk.panel.diagonal_in,
        "glimpse": at(places.GLIMPSE_SOCKET),
    }
    if kiosk.asks_number:
        screen["asks_number"] = True
    if plan.gateway.web_url is not None:
        screen["phone_url"] = plan.gateway.web_url
    return screen


def _radio(plan: Plan, kiosk: Kiosk) -> Table:
    """Whoever hears one of these can hear: tags in drawers, and what other kiosks advertise."""
    others = {one.beacon for one in plan.kiosks if one.id != kiosk.id}
    reference = [
        one.identity
        for one in plan.beacons
        if one.identity is not None and (one.is_reference or one.id in others)
    ]
    return {"driver": "bleak", "options": {"adapter": kiosk.adapter, "reference": reference}}


def _camera(camera: Camera) -> Table:
    options = {
        name: value
        for name in ("camera", "focus_m", "device", "fps")
        if (value := getattr(camera, name)) is not None
    }
    return {"driver": camera.driver, "options": options}


def _pins(kiosk: Kiosk) -> Table:
    pins = kiosk.pins
    if pins.light is None or pins.buzzer is None:
        return {"driver": "none"}
    return {"driver": "gpiozero", "options": {"light": pins.light, "buzzer": pins.buzzer}}


def _switch(pin: int, on_when: str) -> Table:
    return {"driver": "gpiozero", "options": {"pin": pin, "on_when": on_when}}
