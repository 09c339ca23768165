"""A kiosk's update.toml, as updates/settings.py reads it."""

from __future__ import annotations

from contract.topics import KioskAddress
from firmware_config.outputs.kiosk_file import HEADING, TIME_SOURCE
from firmware_config.outputs.opening_table import opening_table
from firmware_config.plan import Kiosk, Plan, Updates
from firmware_config.toml_text import written


def update_file(plan: Plan, kiosk: Kiosk, updates: Updates) -> str:
    """The whole file."""
    tables: dict[str, object] = {
        "device": KioskAddress(plan.store.id, kiosk.id).user,
        "source": updates.source,
        "keys": updates.keys,
        "time_source": TIME_SOURCE,
        "opening": opening_table(updates.opening, plan.store.timezone),
    }
    return written(tables, HEADING)
