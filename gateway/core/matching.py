"""Who a piece of evidence says is here, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where evidence comes from."""

    TAG = "tag"
    PASS = "pass"
    TOUCH = "touch"


# A tag can be borrowed, lost or cloned; a fresh pass needs the member's own unlocked phone.
CONFIDENCE = {Source.TAG: 0.6, Source.TOUCH: 0.6, Source.PASS: 0.95}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to believe that a member is in a store."""

    member: str
    source: Source

    @property
    def confidence(self) -> float:
        """How likely it is, between 0 and 1."""
        return CONFIDENCE[self.source]
