"""HTTPS for kiosks that want a certificate: a few requests at once, short, small, slow to nobody.

It judges nothing; it hands path, body and address on. The one file that imports http.server.
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import SHUT_RDWR
from socketserver import BaseServer, ThreadingMixIn
from typing import Any

from contract.enrolment import MAX_BYTES
from runtime.errors import SettingsError, UnavailableError

AT_ONCE = 8  # kiosks enrol one by one; whoever comes ninth is hung up on, and asks again
PATIENCE_S = 10.0  # for each step of one request, the handshake too
REQUEST_S = 20.0  # for all of it: a byte every nine seconds is no reason to keep a seat
LOOK_S = 0.2  # how soon a stop is noticed

Judge = Callable[[str, str, bytes, str], tuple[HTTPStatus, bytes]]

log = logging.getLogger(__name__)


class EnrolmentServer:
    """One port; its threads are named `enrolment…` and joined by `stop`."""

    def __init__(self, host: str, port: int, certificate: Path, key: Path, judge: Judge) -> None:
        """SettingsError if the certificate cannot be used, UnavailableError if the port cannot."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_cert_chain(certificate, key)
        except OSError as error:
            raise SettingsError(f"{certificate}: cannot be used ({error})") from error
        try:
            self._server = _Server((host, port), context, judge)
        except OSError as error:
            raise UnavailableError(
                f"port {port} on {host or 'this machine'} cannot be used: {error.strerror}"
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(LOOK_S,), name="enrolment"
        )

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port and wait for whoever is being answered."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingMixIn, HTTPServer):
    """Accepts at once; shakes hands in the request's own thread, so that nobody holds the door."""

    daemon_threads = False
    request_queue_size = 16

    def __init__(self, where: tuple[str, int], context: ssl.SSLContext, judge: Judge) -> None:
        self.context = context
        self.judge = judge
        self._seats = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(where, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a request its thread, if there is a seat."""
        if self._seats.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """In the request's thread: handshake, answer, hang up."""
        try:
            request.settimeout(PATIENCE_S)
            secured = self.context.wrap_socket(request, server_side=True)
            hang_up = threading.Timer(REQUEST_S, socket.socket.shutdown, (secured, SHUT_RDWR))
            hang_up.name = "enrolment-timer"
            hang_up.start()
            try:
                super().process_request_thread(secured, client_address)
            finally:
                hang_up.cancel()
        except OSError as error:  # a peer that does not speak TLS, or went away
            log.info("%s hung up on enrolment: %s", client_address[0], error)
            self.shutdown_request(request)
        finally:
            self._seats.release()

    def handle_error(self, _request: Any, client_address: Any) -> None:
        """A bug or a lost peer ends one request, and is said."""
        log.error("answering %s: %r", client_address[0], sys.exc_info()[1])


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "hien", ""
    timeout = PATIENCE_S
    server: BaseServer

    def do_GET(self) -> None:
        self._answer("GET", b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MAX_BYTES:
            self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"")
            return
        self._answer("POST", self.rfile.read(int(length)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the judge says what matters."""

    def _answer(self, method: str, body: bytes) -> None:
        assert isinstance(self.server, _Server)  # noqa: S101 - only it makes us
        self._say(*self.server.judge(method, self.path, body, str(self.client_address[0])))

    def _say(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True
