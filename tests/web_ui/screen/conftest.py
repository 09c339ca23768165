"""A kiosk's screen without the kiosk: states go in by hand, touches are collected."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest
from flask import Flask

from kiosk.core.inputs import Input, Language, Painted
from kiosk.core.screen import ScreenState
from tests.waiting import until
from tests.web_ui.compiled import CACHE
from web_ui.screen import aloud
from web_ui.screen.app import THREADS, create_app
from web_ui.screen.feed import Feed
from web_ui.shared.serving import Server

FRESH_REVISIONS = count(10_000)  # tests use small numbers


def _sound() -> bytes:
    """A twentieth of a second of silence: a browser plays it as it would play words."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(bytes(2_205))
    return made.getvalue()


SILENCE = _sound()


class Silent:
    """A voice that says nothing, in a moment."""

    is_there = True

    def clip(self, _text: str, _language: Language, *, is_private: bool) -> bytes:
        """The same silence for all words."""
        del is_private
        return SILENCE


@dataclass
class Glass:
    """The application, and everything it reported."""

    feed: Feed = field(default_factory=Feed)
    heard: list[Input] = field(default_factory=list)

    panel_diagonal_in: float = 21.5

    def __post_init__(self) -> None:
        self.app: Flask = create_app(
            self.feed, self.heard.append, "An Nhiên", "Quầy 1", self.panel_diagonal_in
        )
        self.app.jinja_env.bytecode_cache = CACHE
        aloud.install(self.app, self.feed, Silent())

    def touches(self) -> list[Input]:
        """What was pressed, without the browser's own reports."""
        return [one for one in self.heard if not isinstance(one, Painted)]


@dataclass
class ServedGlass(Glass):
    """The same behind a real port."""

    url: str = ""

    def show(self, state: ScreenState) -> None:
        """Show a state and wait until a browser says it is painted."""
        self.feed.show(state)
        until(
            lambda: any(isinstance(one, Painted) and one.revision == state.revision
                        for one in self.heard),
            f"revision {state.revision} is painted",
        )  # fmt: skip


@pytest.fixture
def glass() -> Glass:
    """An application for Flask's test client."""
    return Glass()


@contextmanager
def serving(made: ServedGlass, port: int = 0) -> Iterator[ServedGlass]:
    """Put an application behind a port, and take it away like a kiosk that ends."""
    server = Server(made.app, "127.0.0.1", port, THREADS)
    server.start()
    made.url = f"http://127.0.0.1:{server.port}/"
    try:
        yield made
    finally:
        made.feed.close()
        server.stop()


@pytest.fixture(scope="module")
def server_of_the_module() -> Iterator[ServedGlass]:
    """One server for the tests of a file."""
    with serving(ServedGlass()) as made:
        yield made


@pytest.fixture
def served(server_of_the_module: ServedGlass) -> ServedGlass:
    """An application for a browser, as if it had just been started."""
    idle = ScreenState(offline=False, revision=next(FRESH_REVISIONS))
    server_of_the_module.feed.show(idle)
    server_of_the_module.heard.clear()
    return server_of_the_module
