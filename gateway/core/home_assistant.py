"""Kiosks as Home Assistant sees them: what it discovers, what it hears, what it may press.

Source: home-assistant.io, MQTT integration, device discovery (since 2024.11): one retained message
on `homeassistant/device/ID/config` with `dev`, `o` and `cmps`. Nothing here names or counts a
person who did not agree to presence.
"""

from __future__ import annotations

from typing import Any

from contract.messages import KioskState
from contract.topics import KioskAddress
from gateway.core import fleet

USER = "home-assistant"  # its name at our broker; no kiosk's: those have an @
DISCOVERY = "homeassistant"
BIRTH = f"{DISCOVERY}/status"  # it says "online" there after each start
BORN = b"online"
ROOT = "hien-ha/1"
STATUS = f"{ROOT}/status"  # ours, retained, with a last will
PRESS = b"PRESS"
PRESSES = f"{ROOT}/+/+/identify"
NEAR_MS = 60_000  # a tag that was heard within a minute is near


def config_topic(at: KioskAddress) -> str:
    """Where a kiosk is discovered."""
    return f"{DISCOVERY}/device/{_id(at)}/config"


def state_topic(at: KioskAddress) -> str:
    """Where it is heard how the kiosk is."""
    return f"{ROOT}/{at.store}/{at.kiosk}/state"


def press_topic(at: KioskAddress) -> str:
    """Where it asks a kiosk to say which one it is."""
    return f"{ROOT}/{at.store}/{at.kiosk}/identify"


def discovery(at: KioskAddress, name: str, version: str) -> dict[str, Any]:
    """A kiosk with its entities."""
    return {
        "dev": {
            "ids": [_id(at)],
            "name": name,
            "mf": "Hiên",
            "mdl": "Kiosk",
            "sw": version or "unknown",
        },
        "o": {"name": "hien"},
        "cmps": {
            "online": _entity(
                at,
                "binary_sensor",
                "online",
                device_class="connectivity",
                entity_category="diagnostic",
            ),
            "problem": _entity(at, "binary_sensor", "problem", device_class="problem"),
            "near": _entity(
                at,
                "sensor",
                "near",
                name="Tags near",
                icon="mdi:account-multiple",
                state_class="measurement",
            ),
            "temperature": _entity(
                at,
                "sensor",
                "temperature",
                device_class="temperature",
                unit_of_measurement="°C",
                state_class="measurement",
                entity_category="diagnostic",
            ),
            "waiting": _entity(
                at,
                "sensor",
                "waiting",
                name="Events waiting",
                icon="mdi:tray-full",
                state_class="measurement",
                entity_category="diagnostic",
            ),
            "identify": {
                "p": "button",
                "unique_id": f"{_id(at)}-identify",
                "device_class": "identify",
                "command_topic": press_topic(at),
                "payload_press": PRESS.decode(),
                "entity_category": "diagnostic",
            },
        },
        "state_topic": state_topic(at),
        "availability_topic": STATUS,
        "qos": 1,
    }


def state(said: KioskState | None) -> dict[str, Any]:
    """How a kiosk is, in the words of those entities; None is unknown to Home Assistant."""
    is_online = said is not None and said.online
    vitals = said.vitals if said is not None and is_online else None
    near = None
    if said is not None and is_online:
        near = sum(said.at_ms - tag.at_ms <= NEAR_MS for tag in said.tags)
    return {
        "online": "ON" if is_online else "OFF",
        "problem": "ON" if fleet.troubles(said) else "OFF",
        "near": near,
        "temperature": None if vitals is None else vitals.temperature_c,
        "waiting": said.outbox_depth if said is not None and is_online else None,
    }


def _entity(at: KioskAddress, platform: str, key: str, **more: str) -> dict[str, Any]:
    return {
        "p": platform,
        "unique_id": f"{_id(at)}-{key}",
        "value_template": f"{{{{ value_json.{key} }}}}",
        **more,
    }


def _id(at: KioskAddress) -> str:
    """Both have hyphens, so two of them between: hue-1 and quay-2 are not hue and 1-quay-2."""
    return f"hien--{at.store}--{at.kiosk}"
