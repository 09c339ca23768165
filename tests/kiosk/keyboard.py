"""What a scanner types on its US keyboard, as the kernel passes it on; not made from our table."""

from __future__ import annotations

from struct import pack

from kiosk.core.wedge_keys import Key

SHIFT, ENTER, TAB, LEFT_CTRL = 42, 28, 15, 29
COMPOSE = 127  # what a scanner presses for a letter that its keyboard lacks
CODES = {
    "1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11,
    "-": 12, "=": 13, "q": 16, "w": 17, "e": 18, "r": 19, "t": 20, "y": 21, "u": 22, "i": 23,
    "o": 24, "p": 25, "[": 26, "]": 27, "a": 30, "s": 31, "d": 32, "f": 33, "g": 34, "h": 35,
    "j": 36, "k": 37, "l": 38, ";": 39, "'": 40, "`": 41, "\\": 43, "z": 44, "x": 45, "c": 46,
    "v": 47, "b": 48, "n": 49, "m": 50, ",": 51, ".": 52, "/": 53, " ": 57,
}  # fmt: skip
ABOVE = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))
PAUSE_S = 0.004


def keys(text: str, at_s: float = 1.0, end: int | None = ENTER) -> list[Key]:
    """All keys that go down and up."""
    typed: list[Key] = []

    def stroke(code: int, value: int) -> None:
        typed.append(Key(code, value, at_s + len(typed) * PAUSE_S))

    for character in text:
        plain = ABOVE.get(character, character.lower())
        if plain != character:
            stroke(SHIFT, 1)
        stroke(CODES.get(plain, COMPOSE), 1)
        stroke(CODES.get(plain, COMPOSE), 0)
        if plain != character:
            stroke(SHIFT, 0)
    if end is not None:
        stroke(end, 1)
        stroke(end, 0)
    return typed


def events(typed: list[Key]) -> bytes:
    """As /dev/input/event* gives them: each key between a scan code and a report."""
    packed = pack("@llHHi", 1, 0, 17, 1, 1)  # EV_LED: caps lock shines, which is no key
    for key in typed:
        seconds, micros = divmod(round(key.at_s * 1e6), 1_000_000)
        packed += pack("@llHHi", seconds, micros, 4, 4, 458_756)  # EV_MSC, MSC_SCAN
        packed += pack("@llHHi", seconds, micros, 1, key.code, key.value)
        packed += pack("@llHHi", seconds, micros, 0, 0, 0)  # EV_SYN
    return packed
