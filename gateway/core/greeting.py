"""How much of a name may be shown before somebody said "yes, this is me"."""

from __future__ import annotations


def first_name(name: str) -> str:
    """What Vietnamese people are called by: the last word of the full name."""
    return name.rsplit(maxsplit=1)[-1] if name.split() else ""


def masked(name: str) -> str:
    """The first letter of the called name and three stars, however long it is: `N***`."""
    return f"{first_name(name)[:1]}***"
