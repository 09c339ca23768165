"""The least that a page can do: write a word that its stream brought. A ceiling for all others."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, request
from playwright.sync_api import Browser, CDPSession

from bench.browsing import SLOWER, slow_down, slow_page
from runtime.clock import stopwatch_ms
from web_ui.shared.serving import Server
from web_ui.shared.streams import HELLO, event

THREADS = 4  # a stream and what is asked beside it
SEEN_WITHIN_S = 20.0
PAGE = """<!doctype html><html lang="en"><title>bare</title><p id="word">0</p><script>
const word = document.getElementById('word');
new EventSource('/stream').addEventListener('word', (event) => {
  word.textContent = event.data;
  requestAnimationFrame(() => requestAnimationFrame(() => fetch('/seen', {method: 'POST'})));
});
</script>"""


class Bare:
    """The page's server: says words, and hears when they are on the glass."""

    debugger: CDPSession  # of the page, once it is open

    def __init__(self) -> None:
        self._words: queue.Queue[str | None] = queue.Queue()
        self._seen: queue.Queue[float] = queue.Queue()
        self.open = threading.Event()
        self.app = Flask(__name__)
        self.app.add_url_rule("/", view_func=lambda: PAGE)
        self.app.add_url_rule("/stream", view_func=self._stream)
        self.app.add_url_rule("/seen", view_func=self._note, methods=["POST"])

    def change_ms(self) -> float:
        """From a new word to the frame that shows it.

        Slow only meanwhile: Chromium's brake spins, and would take a core from whoever is measured
        beside it.
        """
        slow_down(self.debugger, SLOWER)
        try:
            began_ms = stopwatch_ms()
            self._words.put(str(began_ms))
            return self._seen.get(timeout=SEEN_WITHIN_S) - began_ms
        finally:
            slow_down(self.debugger, 1)

    def close(self) -> None:
        """End the stream."""
        self._words.put(None)

    def _stream(self) -> Response:
        def words() -> Iterator[bytes]:
            yield HELLO
            self.open.set()
            while (word := self._words.get()) is not None:
                yield event("word", word.encode())

        return Response(words(), mimetype="text/event-stream")

    def _note(self) -> tuple[str, int]:
        request.get_data()
        self._seen.put(stopwatch_ms())
        return "", 204


@contextmanager
def bare_page(browser: Browser, size: tuple[int, int]) -> Iterator[Bare]:
    """An open bare page on a slow machine."""
    bare = Bare()
    server = Server(bare.app, "127.0.0.1", 0, THREADS)
    server.start()
    try:
        with slow_page(browser, size, slower=1) as (page, bare.debugger):
            page.goto(f"http://127.0.0.1:{server.port}/")
            if not bare.open.wait(SEEN_WITHIN_S):
                raise RuntimeError("the bare page did not open its stream")
            yield bare
    finally:
        bare.close()
        server.stop()
