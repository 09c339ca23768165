"""A door's door.toml, as kiosk/door/settings.py reads it; its closer reads the same."""

from __future__ import annotations

from firmware_config import places
from firmware_config.outputs.kiosk_file import HEADING, TIME_SOURCE
from firmware_config.outputs.opening_table import opening_table
from firmware_config.places import Places
from firmware_config.plan import Door, Plan
from firmware_config.toml_text import written

# A contact and a light barrier that are cut off look open, which alarms; a handle closes.
ON_WHEN = {"contact": "open", "exit": "closed", "beam": "open"}


def door_file(plan: Plan, door: Door, issuer: str, at: Places) -> str:
    """The whole file; `issuer` is the public key that this shop believes, in hex."""
    kiosk = next(one for one in plan.kiosks if one.id == door.kiosk)
    shop: dict[str, object] = {"passback": door.passback}
    if door.capacity is not None:
        shop["capacity"] = door.capacity
    tables: dict[str, object] = {
        "store": plan.store.id,
        "store_no": plan.store.number,
        "door": door.id,
        "data_dir": at(places.DOOR_DATA),
        "socket": at(f"{places.DOOR_RUN}/door.sock"),
        "closer": at(f"{places.DOOR_RUN}/closer.sock"),
        "allowed_users": [at.kiosk_user],
        "has_battery_clock": kiosk.has_battery_clock,
        "time_source": TIME_SOURCE,
        "lock": {"driver": "gpiozero", "hold_s": door.hold_s, "options": {"pin": door.lock}},
    }
    for name, when in ON_WHEN.items():
        pin = getattr(door, name)
        if pin is not None:
            tables[name] = {"driver": "gpiozero", "options": {"pin": pin, "on_when": when}}
    tables["trust"] = {"folder": at(places.TRUST), "issuers": {"1": issuer}}
    return written(
        {**tables, "opening": opening_table(door.opening, plan.store.timezone), "shop": shop},
        HEADING,
    )
