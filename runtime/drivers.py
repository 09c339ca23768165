"""Finds the adapter an operator named in the settings, among those that packages registered.

Like gpiozero's pin factories: entry points, so that the code that uses a driver imports none.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any

from runtime.errors import SettingsError


def load(group: str, name: str) -> Any:  # the group says what it is; the caller annotates it
    """The class registered as `name` in an entry-point group; SettingsError if there is none."""
    known = {point.name: point for point in entry_points(group=group)}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
        raise SettingsError(f"driver {name!r} is not one of {group} ({hint})")
    return known[name].load()
