"""Codes that people read out and type: nobody guesses one, and nobody misreads one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta

# 23 signs, none like another on paper or by ear: no 0 O D Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
# 23 is a prime, so that the weighted sum below finds every single wrong sign and every swap.
ALPHABET = "23456789ACEFHJKMNPRTWXY"
DRAWN = 11  # 23**11 is 2**49.8: with a million codes out, one guess in a billion hits one
LENGTH = DRAWN + 1
GROUP = 4

Drawn = Annotated[str, Meta(pattern=f"^[{ALPHABET}]{{{LENGTH}}}$")]


def draw(below: Callable[[int], int]) -> str:
    """A new code; `below(n)` draws a number under n that nobody can foresee."""
    payload = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(DRAWN))
    return payload + check_sign(payload)


def check_sign(payload: str) -> str:
    """The last sign of a code: makes the sum of position times sign divisible by 23."""
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(payload, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def is_drawn(code: str) -> bool:
    """Whether a code could be one of ours: its length, its signs, its check sign."""
    is_ours = len(code) == LENGTH and set(code) <= set(ALPHABET)
    return is_ours and check_sign(code[:-1]) == code[-1]


def written(code: str) -> str:
    """A code as it is printed: in groups of four, if it was drawn."""
    if not is_drawn(code):
        return code
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))
