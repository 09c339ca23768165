"""A kiosk's browser without a picture: reads the stream, says what is painted, touches buttons.

The only thing here that speaks to a kiosk's page, and it does so exactly as Chromium does.
"""

from __future__ import annotations

import html
import http.client
import logging
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from msgspec import DecodeError, Struct, json

from kiosk.core.inputs import Button
from runtime.clock import stopwatch_ms
from simulator.errand import Seen

ANSWER_WITHIN_S = 5.0
QUIET_S = 30.0  # the stream beats every 10 s; after three missed beats it is dead
RETRY_S = 0.2

_SUBJECTS = re.compile(r'data-press="(offer|pick_up)"[^>]*data-subject="([0-9a-zA-Z-]+)"')
_TITLE = re.compile(r'<h1 id="title"[^>]*>(.*?)</h1>', re.DOTALL)
_FAILED = (OSError, http.client.HTTPException)

log = logging.getLogger(__name__)


class _Picture(Struct):
    """What the stream carries."""

    revision: int
    screen: str
    html: str


@dataclass(frozen=True, slots=True)
class Painted:
    """One screen as it was on the glass, and when."""

    kiosk: str
    seen: Seen
    html: str
    at_ms: float  # stopwatch


class Page:
    """One connection to a kiosk's page, opened when it is needed, and anew after a failure."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None  # http.client forgets it once a stream begins

    def post(self, path: str, message: object) -> bool:
        """Send a message; False if the kiosk does not answer or does not want it."""
        headers = {"Content-Type": "application/json"}
        try:
            connection = self._open(ANSWER_WITHIN_S)
            connection.request("POST", path, json.encode(message), headers)
            answer = connection.getresponse()
            answer.read()
        except _FAILED:
            self.close()
            return False
        return answer.status < http.client.BAD_REQUEST

    def stream(self, path: str) -> http.client.HTTPResponse:
        """An endless answer; OSError or HTTPException if there is none."""
        connection = self._open(QUIET_S)
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise ConnectionError(f"{path} answered {answer.status}")
        return answer

    def close(self) -> None:
        """Hang up; whoever reads wakes up. Safe to call twice."""
        connected, self._socket = self._socket, None
        if connected is not None:
            with suppress(OSError):  # the kiosk was first
                connected.shutdown(socket.SHUT_RDWR)
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self, timeout_s: float) -> http.client.HTTPConnection:
        if self._connection is None:
            connection = http.client.HTTPConnection("localhost", self._port, timeout=timeout_s)
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection, self._socket = connection, connection.sock
        return self._connection


class Browser:
    """One kiosk's browser. Its thread calls `on_painted`; the stage's thread calls the rest."""

    def __init__(
        self, kiosk: str, port: int, on_painted: Callable[[Painted], None], *, says_painted: bool
    ) -> None:
        """Without `says_painted` it only looks on, beside a real browser that speaks for itself."""
        self.kiosk = kiosk
        self._watched, self._hands, self._eyes = Page(port), Page(port), Page(port)
        self._on_painted = on_painted
        self._says_painted = says_painted
        self._decoder = json.Decoder(_Picture)
        self._changed = threading.Condition()
        self._seen = Seen()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"browser-{kiosk}", daemon=True)

    def open(self) -> None:
        """Begin to look at the page, and look again whenever it comes back."""
        self._thread.start()

    @property
    def seen(self) -> Seen:
        """What is on the screen now."""
        with self._changed:
            return self._seen

    def wait_for(self, is_so: Callable[[Seen], bool], timeout_s: float) -> bool:
        """Look until the screen is so; False if it did not become so in time."""
        with self._changed:
            return self._changed.wait_for(lambda: is_so(self._seen), timeout_s)

    def press(self, button: Button, revision: int, subject: str = "") -> bool:
        """Touch a button of the screen of that revision; False if the page does not answer."""
        touch = {"button": button.value, "revision": revision, "subject": subject}
        return self._hands.post("/press", touch)

    def close(self) -> None:
        """Close the window; safe to call twice."""
        self._stopping.set()
        self._watched.close()
        if self._thread.is_alive():
            self._thread.join()
        self._hands.close()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._watched.stream("/stream") as stream:
                    self._follow(stream)
            except (*_FAILED, DecodeError, ValueError) as error:
                log.debug("%s: no picture (%s)", self.kiosk, error)
            self._watched.close()
            self._eyes.close()
            self._paint(None)
            self._stopping.wait(RETRY_S)

    def _follow(self, stream: http.client.HTTPResponse) -> None:
        name = b""
        while (line := stream.readline()) and not self._stopping.is_set():
            if line.startswith(b"event: "):
                name = line[7:].strip()
            elif line.startswith(b"data: ") and name == b"screen":
                self._paint(self._decoder.decode(line[6:]))

    def _paint(self, picture: _Picture | None) -> None:
        at_ms = stopwatch_ms()
        seen = Seen() if picture is None else read(picture.screen, picture.revision, picture.html)
        if picture is not None:
            self._on_painted(Painted(self.kiosk, seen, picture.html, at_ms))
        with self._changed:
            self._seen = seen
            self._changed.notify_all()
        if picture is not None and self._says_painted:
            self._eyes.post("/painted", {"revision": picture.revision})


def read(screen: str, revision: int, content: str) -> Seen:
    """What a shopper can read on a screen, from its HTML."""
    found = _TITLE.search(content)
    subjects: dict[str, list[str]] = {"offer": [], "pick_up": []}
    for button, subject in _SUBJECTS.findall(content):
        subjects[button].append(subject)
    return Seen(
        screen=screen,
        revision=revision,
        title=html.unescape(found.group(1)) if found else "",
        offers=tuple(subjects["offer"]),
        orders=tuple(subjects["pick_up"]),
    )
