"""A language nobody speaks, which is longer and taller than any: what fits in it fits."""

from __future__ import annotations

import re

from flask import Flask

# The tallest letters Vietnamese has, with a mark above a mark and one below where there is one.
TALL = str.maketrans("aeouiyAEOUIY", "ẫễỗữịỹẪỄỖỮỊỸ")
FILLER = ("ẫ", "ễn", "ỗng", "ữm", "ị", "ỹt")
LONGER = 1.4  # than English; our Vietnamese is a third longer at most
KEPT = re.compile(r"(%\(\w+\)s|%%)")


def lengthened(text: str) -> str:
    """A sentence in that language, with its placeholders."""
    parts = KEPT.split(text)
    tall = "".join(one if KEPT.fullmatch(one) else one.translate(TALL) for one in parts)
    words: list[str] = []
    while len(tall) + len(" ".join(words)) < len(text) * LONGER - 1:
        words.append(FILLER[len(words) % len(FILLER)])
    return " ".join([tall, *words]).rstrip()


def speak(app: Flask) -> None:
    """Let the templates of an application speak nothing else; content stays what it is."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lengthened,
        lambda one, many, count: lengthened(one if count == 1 else many),
        newstyle=True,
    )
