"""A web server with many threads in one process, for pages that keep event streams open.

It knows no page. The one file that imports waitress.
"""

from __future__ import annotations

import errno
import socket
import threading
from typing import TYPE_CHECKING, cast

from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ThreadedTaskDispatcher

from runtime.errors import UnavailableError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Browsers keep six connections each; beyond this a peer waits in the accept queue.
CONNECTION_LIMIT = 512
# Without reading ahead waitress never notices that a stream's browser is gone: of 1,000 closed
# streams all stayed, with 5 none (waitress issue 381).
REQUEST_LOOKAHEAD = 5
# waitress keeps what a stream has sent until it is so much, then begins anew: with its own 16 MB
# a kiosk grew by 1.2 MB an hour of a busy day. Larger than anything we send at once.
SENT_KEPT_BYTES = 256 * 1024
MAX_REQUEST_BYTES = 64 * 1024  # the largest form here has three fields
STOP_WITHIN_S = 2  # streams end when their feed is closed; anything slower is abandoned
LOOP_S = 1.0  # how long the socket loop may sleep; the trigger wakes it earlier


class Server:
    """One WSGI application on one port.

    Close the feed or hub of the application before `stop`, so that its streams end at once.
    """

    max_request_bytes = MAX_REQUEST_BYTES  # set it before `start` where more may come

    def __init__(self, app: WSGIApplication, host: str, port: int, threads: int) -> None:
        """`port` 0 takes any free port; `threads` must exceed the application's stream limit."""
        self._app = app
        self._host = host
        self._port = port
        self._threads = threads
        self._sockets: dict[int, socket.socket] = {}
        self._dispatcher = ThreadedTaskDispatcher()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use; before `start` the one asked for."""
        return self._port

    def start(self) -> None:
        """Bind and answer from now on; UnavailableError names the port if it cannot be had."""
        listener = self._bound()
        self._port = listener.getsockname()[1]
        self._dispatcher.set_thread_count(self._threads)
        server = create_server(
            self._app,
            map=self._sockets,
            _dispatcher=self._dispatcher,
            sockets=[listener],
            connection_limit=CONNECTION_LIMIT,
            channel_request_lookahead=REQUEST_LOOKAHEAD,
            max_request_body_size=self.max_request_bytes,
            outbuf_high_watermark=SENT_KEPT_BYTES,
            asyncore_use_poll=True,  # select() ends at 1,024 file descriptors
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
        self._server = cast(BaseWSGIServer, server)  # one socket makes one server
        self._thread = threading.Thread(target=self._serve, name=f"web-{self._port}")
        self._thread.start()

    def stop(self) -> None:
        """Close the port and all connections; safe to call twice, or without `start`."""
        if self._thread is None:
            return
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        self._thread = None
        self._dispatcher.shutdown(timeout=STOP_WITHIN_S)
        wasyncore.close_all(self._sockets)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=LOOP_S, use_poll=True, map=self._sockets, count=1)

    def _bound(self) -> socket.socket:
        try:
            return socket.create_server((self._host, self._port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            problem = "is taken" if taken else "cannot be used"
            raise UnavailableError(
                f"port {self._port} on {self._host} {problem}: {error.strerror or error}"
            ) from error
