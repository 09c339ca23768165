"""One TCP connection on loopback that carries one JSON object a line, in both directions."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TypeVar

from msgspec import DecodeError, Struct, json

from simulator.wire import MAX_LINE_BYTES

S = TypeVar("S")

_encoder = json.Encoder()


class BrokenLineError(OSError):
    """The other end is gone, hangs, or speaks something else: hang up, perhaps call again."""


class Line:
    """A connected socket. One thread reads, one thread writes."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._reader = connected.makefile("rb")

    def write(self, message: Struct) -> None:
        """Send a message; BrokenLineError if nobody can get it."""
        try:
            self._socket.sendall(_encoder.encode(message) + b"\n")
        except OSError as error:
            raise BrokenLineError("the other end is gone") from error

    def read(self, decoder: json.Decoder[S], timeout_s: float | None = None) -> S:
        """The next message; BrokenLineError if none comes in time, or none that is understood."""
        try:
            self._socket.settimeout(timeout_s)
            line = self._reader.readline(MAX_LINE_BYTES)
        except (OSError, ValueError) as error:
            raise BrokenLineError("nothing came") from error
        if not line.endswith(b"\n"):
            raise BrokenLineError("the other end hung up")
        try:
            return decoder.decode(line)
        except DecodeError as error:
            raise BrokenLineError(str(error)) from error

    def close(self) -> None:
        """Hang up; whoever reads wakes up. Safe to call twice."""
        with suppress(OSError):  # the other end was first
            self._socket.shutdown(
                socket.SHUT_RDWR
            )  # wakes who reads; then the reader can be closed
        self._reader.close()
        self._socket.close()
