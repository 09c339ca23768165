from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from flask import Flask, Response

from runtime.errors import UnavailableError
from tests.waiting import until
from web_ui.shared.serving import SENT_KEPT_BYTES, Server
from web_ui.shared.streams import HELLO, StreamLimit, event

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def hello(_environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """The smallest application."""
    start("200 OK", [("Content-Length", "5")])
    return [b"hello"]


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def get(port: int, path: str = "/") -> http.client.HTTPResponse:
    """Ask; the answer may still be open."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Connection": "close"})
    return connection.getresponse()  # owns the socket, since it is not kept for more


def test_an_application_is_served_on_a_free_port() -> None:
    with running(Server(hello, "127.0.0.1", 0, threads=2)) as server, get(server.port) as answer:
        assert answer.read() == b"hello"
        assert answer.getheader("Server") is None


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"port {port} on 127.0.0.1 is taken: "):
            Server(hello, "127.0.0.1", port, threads=2).start()


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(UnavailableError, match=r"port 8080 on 192\.0\.2\.1 cannot be used: "):
        Server(hello, "192.0.2.1", 8080, threads=2).start()


def test_a_stopped_server_frees_its_port_and_its_threads() -> None:
    before = threading.active_count()
    with running(Server(hello, "127.0.0.1", 0, threads=4)) as server:
        port = server.port
        get(port).close()
    server.stop()

    socket.create_server(("127.0.0.1", port)).close()
    until(lambda: threading.active_count() == before, "all threads are gone")


def test_a_server_that_never_started_can_be_stopped() -> None:
    Server(hello, "127.0.0.1", 0, threads=2).stop()


def test_streams_leave_room_for_ordinary_requests_and_come_free_again() -> None:
    app = Flask("streams")
    limit, beat = StreamLimit(2), threading.Semaphore(2)  # a first one for each stream

    def beats() -> Iterator[bytes]:
        yield HELLO
        while beat.acquire():
            yield event("beat", b"")

    @app.get("/stream")
    def stream() -> Response:
        return limit.stream(beats())

    @app.get("/")
    def index() -> str:
        return "page"

    with running(Server(app, "127.0.0.1", 0, threads=4)) as server:
        streams = [get(server.port, "/stream") for _ in range(2)]
        with get(server.port, "/stream") as refused, get(server.port) as page:
            assert (refused.status, refused.getheader("Retry-After")) == (503, "5")
            assert page.read() == b"page"
        for one in streams:
            one.close()
        channels = cast(dict[int, object], server._server.active_channels)
        until(lambda: not channels, "the server sees that they are gone")
        beat.release(2)  # one word into each closed stream must be enough
        until(lambda: limit._free._value == 2, "both are free again")


def test_what_a_stream_has_sent_is_not_kept_for_ever() -> None:
    """Waitress keeps it in one buffer until it begins another; nobody else would notice."""
    sent, chunk = threading.Semaphore(0), bytes(SENT_KEPT_BYTES // 4)

    def stream(_environ: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
        start("200 OK", [])
        for _ in range(20):
            yield chunk
            sent.release()

    def kept_bytes() -> int:
        channels = cast("dict[int, Any]", server._server.active_channels).values()
        buffers = [buffer.buf for channel in channels for buffer in channel.outbufs]
        return sum(buffer.getfile().seek(0, 1) for buffer in buffers if buffer is not None)

    with running(Server(stream, "127.0.0.1", 0, threads=2)) as server:
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        with connection, connection.makefile("rb") as answer:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in range(19):
                left = len(chunk)
                while left > 0:
                    left -= len(answer.read1(left))
                assert sent.acquire(timeout=10)
            assert kept_bytes() < 2 * SENT_KEPT_BYTES
