"""Opening hours, as kiosks, doors and updates read them."""

from __future__ import annotations

from firmware_config.plan import Opening
from firmware_config.toml_text import Table


def opening_table(opening: Opening, timezone: str) -> Table:
    """[opening], with what is left out left out."""
    hours = opening.model_dump(exclude={"special"}, exclude_none=True)
    table: dict[str, object] = {"timezone": timezone, **hours}
    if opening.special:
        table["special"] = {day.isoformat(): text for day, text in sorted(opening.special.items())}
    return table
