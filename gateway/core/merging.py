"""Two profiles of one person: what each field becomes, and which consents hold.

Whoever merges keeps one member; the other's data follow it. Reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.tiers import TIERS, Tier

Fields = Mapping[str, str]

WORDS = ("interests", "segments")
TOLD = ("name", "phone", "birthday", "source")  # what the kept one does not know, the other tells


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody agreed to a purpose, when, to which text, and how we know."""

    granted_at_ms: int
    text_version: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Word:
    """What one profile's person agreed to, and when they last said anything about it.

    Who never said anything agreed to nothing when they became known.
    """

    agreed: Mapping[str, Consent]  # by purpose
    said_at_ms: int


def fields(kept: Fields, gone: Fields) -> dict[str, str]:
    """The fields of both as one."""
    merged: dict[str, str] = {name: kept[name] or gone[name] for name in TOLD}
    for name in WORDS:
        both = f"{kept[name]};{gone[name]}".split(";")
        merged[name] = ";".join(dict.fromkeys(word for word in both if word))
    merged["tier"] = str(max(Tier(kept["tier"]), Tier(gone["tier"]), key=TIERS.index))
    return merged


def consents(one: Word, other: Word) -> dict[str, Consent]:
    """What holds for both: what both agreed to, or one did after the other's last word.

    Somebody may have joined two people by mistake; so a consent never spreads to what the other
    said no to later.
    """
    held: dict[str, Consent] = {}
    for mine, theirs in ((one, other), (other, one)):
        for purpose, consent in mine.agreed.items():
            is_newer = consent.granted_at_ms > theirs.said_at_ms
            known = held.get(purpose)
            if purpose not in theirs.agreed and not is_newer:
                continue
            if known is None or consent.granted_at_ms > known.granted_at_ms:
                held[purpose] = consent
    return held
