"""Pictures of the screen, with a socket at which a test stands in for grim."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract.pictures import PNG_ENDS, PNG_MAX_BYTES, PNG_STARTS, Picture
from kiosk.adapters.photographer import Photographer
from tests.waiting import until

NONCE = "0123456789abcdef0123456789abcdef"
PNG = PNG_STARTS + b"what is shown" + PNG_ENDS


@dataclass
class Studio:
    """A photographer, the screen's revision, and what was published."""

    where: Path
    gives: bytes = PNG
    revision: int = 7
    changes_to: int | None = None  # while a picture is taken
    published: list[Picture] = field(default_factory=list)
    calls: int = 0

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                self.revision = self.changes_to or self.revision
                self.calls += 1
                with suppress(BrokenPipeError, ConnectionResetError):  # it has had enough
                    line.sendall(self.gives)


@contextmanager
def opened(studio: Studio) -> Iterator[Photographer]:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(studio.where))
    listener.listen()
    thread = threading.Thread(target=studio.serve, args=(listener,))
    thread.start()
    made = Photographer(studio.where, lambda: studio.revision, studio.published.append)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path / "glimpse.sock")


def test_a_picture_is_published_under_the_order_that_asked_for_it(studio: Studio) -> None:
    with opened(studio) as photographer:
        photographer.take(NONCE, 7)
        until(lambda: studio.published, "a picture comes")

    assert studio.published == [Picture(NONCE, PNG)]


def test_a_picture_of_a_screen_that_changed_meanwhile_is_dropped(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    studio.changes_to = 8
    caplog.set_level("INFO", "kiosk.adapters.photographer")
    with opened(studio) as photographer:
        photographer.take(NONCE, 7)
        until(lambda: "the picture is dropped" in caplog.text, "it is dropped")

    assert studio.calls == 1
    assert studio.published == []


@pytest.mark.parametrize(
    "gives",
    [b"", b"compositor doesn't support wlr-screencopy", PNG[:-1], PNG_STARTS * PNG_MAX_BYTES],
    ids=["nothing", "words", "half", "far too much"],
)
def test_what_is_no_picture_is_not_published(
    studio: Studio, caplog: pytest.LogCaptureFixture, gives: bytes
) -> None:
    studio.gives = gives
    with opened(studio) as photographer:
        photographer.take(NONCE, 7)
        until(lambda: "is no picture" in caplog.text, "it is said")

    assert studio.published == []


def test_where_nobody_takes_pictures_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    photographer = Photographer(tmp_path / "none.sock", lambda: 7, lambda _picture: None)
    photographer.start()
    photographer.take(NONCE, 7)
    until(lambda: "nobody photographs the screen" in caplog.text, "it is said")
    photographer.stop()
