"""Where in a JSON text something stands, so that who typed it finds the line that is wrong."""

from __future__ import annotations

import json
import re

_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_BLANKS = " \t\r\n"
_decoder = json.JSONDecoder()


class JsonTextError(ValueError):
    """It is no JSON: say so with the line, and keep what was typed."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def read(text: str) -> object:
    """What a text says; JsonTextError says in which line it stops to be JSON."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise JsonTextError(error.lineno, error.msg) from error
    except RecursionError as error:
        raise JsonTextError(1, "is nested too deep") from error


def line_of(text: str, where: str) -> int:
    """The line, from 1, of a place like `when.any[1].at_least`; `text` is what `when` stands for.

    If the place is not there, the line of what is next to it.
    """
    at = _skip(text, 0)
    for key, index in _STEP.findall(where):
        found = _member(text, at, key) if key else _item(text, at, int(index))
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _no_number(word: str) -> object:
    raise JsonTextError(1, f"{word} is not a number here")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _member(text: str, at: int, key: str) -> int | None:
    if text[at : at + 1] != "{":
        return None
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        name, at = _decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)  # the colon
        if name == key:
            return at
        at = _next(text, at)
    return None


def _item(text: str, at: int, index: int) -> int | None:
    if text[at : at + 1] != "[":
        return None
    at = _skip(text, at + 1)
    for _ in range(index):
        if text[at : at + 1] == "]":
            return None
        at = _next(text, at)
    return at


def _next(text: str, at: int) -> int:
    """Behind a value and the comma after it."""
    _, at = _decoder.raw_decode(text, at)
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at : at + 1] == "," else at
