"""How far a screen has come with one shopper, and how much of a name it may show by then."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """How far one session at one screen has come."""

    HELLO = "hello"  # a tag was heard: nothing personal
    ASKED = "asked"  # "are you N***?"
    CLAIMED = "claimed"  # the same, because a phone claimed this screen's code
    PROVEN = "proven"  # a code by message was right: personal with the next touch
    PERSONAL = "personal"  # a tag, and "yes, this is me"
    SIGNED_IN = "signed_in"  # a pass, a code by message, the member's own phone: surely them
    REFUSED = "refused"  # there was a reason to stay impersonal


OWN_PAGE = (Step.PERSONAL, Step.SIGNED_IN)
"""A shopper's own page stands on the screen."""


def first_name(name: str) -> str:
    """What Vietnamese people are called by: the last word of the full name."""
    return name.rsplit(maxsplit=1)[-1] if name.split() else ""


def masked(name: str) -> str:
    """The first letter of the called name and three stars, however long it is: `N***`."""
    return f"{first_name(name)[:1]}***"
