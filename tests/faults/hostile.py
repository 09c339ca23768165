"""MQTT by hand over a socket: what no decent client sends, and every answer as it comes.

Its own reading of MQTT 3.1, 3.1.1 and 5, so that no library says what an attack may be.
"""

from __future__ import annotations

import socket
import ssl
from collections import deque
from dataclasses import dataclass

V31, V311, V5 = 3, 4, 5
CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC = 1, 2, 3, 4, 5
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP = 8, 9, 12, 13
PATIENCE_S = 15.0


@dataclass(frozen=True)
class Said:
    """What a client begins with."""

    version: int = V5
    client_id: str = "a-client"
    user: str | None = None
    will: str | None = None  # its topic
    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"  # where it comes from


class RefusedError(Exception):
    """The broker closed the door, before or after it was knocked at."""


class Hostile:
    """One connection. RefusedError wherever the broker hangs up."""

    def __init__(self, port: int, said: Said) -> None:
        self.version = said.version
        self.delivered: list[tuple[str, bytes]] = []
        self._acks: deque[tuple[int, bytes]] = deque()
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE_S, (said.address, 0))
        self.socket: socket.socket = plain
        try:
            if said.tls is not None:
                self.socket = said.tls.wrap_socket(plain, server_hostname="localhost")
            self.send(CONNECT << 4, _connect(said))
            reason = self._await(CONNACK)[1]
        except (OSError, RefusedError) as error:
            plain.close()
            self.socket.close()
            raise RefusedError(str(error)) from error
        if reason:
            raise RefusedError(f"reason {reason}")

    def send(self, first: int, body: bytes) -> None:
        """Any packet at all."""
        try:
            self.socket.sendall(bytes([first]) + _length(len(body)) + body)
        except OSError as error:
            raise RefusedError(str(error)) from error

    def publish(
        self, topic: str, payload: bytes = b"x", *, qos: int = 1, retain: bool = False
    ) -> int:
        """The reason code of its PUBACK: 0 is "taken", also for what 3.1.1 drops in silence."""
        properties = b"\x00" if self.version == V5 else b""
        body = _text(topic) + b"\x00\x07" + properties + payload
        self.send(PUBLISH << 4 | qos << 1 | retain, body)
        return self._reason(PUBREC if qos == 2 else PUBACK)

    def publish_by_alias(self, topic: str, payload: bytes = b"x") -> int:
        """The same for topic alias 1, which an empty topic only refers to; MQTT 5."""
        body = _text(topic) + b"\x00\x08" + b"\x03\x23\x00\x01" + payload
        self.send(PUBLISH << 4 | 1 << 1, body)
        return self._reason(PUBACK)

    def _reason(self, kind: int) -> int:
        ack = self._await(kind)
        return ack[2] if len(ack) > 2 else 0

    def subscribe(self, filter_: str) -> int:
        """The reason code: 0 to 2 is "granted", which promises nothing."""
        properties = b"\x00" if self.version == V5 else b""
        # QoS 0: nothing to acknowledge, nothing that is held back.
        self.send(SUBSCRIBE << 4 | 2, b"\x00\x09" + properties + _text(filter_) + b"\x00")
        return self._await(SUBACK)[-1]

    def hears(self) -> list[tuple[str, bytes]]:
        """All that was delivered: what the broker had for us comes before its answer to a ping."""
        self.send(PINGREQ << 4, b"")
        self._await(PINGRESP)
        return self.delivered

    def is_thrown_out(self) -> bool:
        """Whether the broker ends this connection; waits until it does."""
        try:
            while True:
                self._read()
        except RefusedError:
            return True

    def vanish(self) -> None:
        """Gone without a word: a last will is due."""
        self.socket.close()

    def _await(self, kind: int) -> bytes:
        while not self._acks or self._acks[0][0] != kind:
            self._acks.clear()
            self._read()
        return self._acks.popleft()[1]

    def _read(self) -> None:
        first = self._exactly(1)[0]
        length = shift = 0
        while (byte := self._exactly(1)[0]) & 0x80:
            length, shift = length | (byte & 0x7F) << shift, shift + 7
        body = self._exactly(length | byte << shift)
        if first >> 4 != PUBLISH:
            self._acks.append((first >> 4, body))
            return
        end = 2 + int.from_bytes(body[:2])
        properties = 1 + body[end] if self.version == V5 else 0
        self.delivered.append((body[2:end].decode(), body[end + properties :]))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except TimeoutError:
                raise
            except OSError as error:
                raise RefusedError(str(error)) from error
            if not more:
                raise RefusedError("hung up")
            data += more
        return data


def _connect(said: Said) -> bytes:
    name = "MQIsdp" if said.version == V31 else "MQTT"
    properties = b"\x00" if said.version == V5 else b""
    flags = 0x02 | (0x2C if said.will is not None else 0) | (0x80 if said.user is not None else 0)
    body = _text(name) + bytes([said.version, flags]) + b"\x00\x78" + properties
    body += _text(said.client_id)
    if said.will is not None:
        body += properties + _text(said.will) + _text("my last will")
    return body + (_text(said.user) if said.user is not None else b"")


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2) + text.encode()


def _length(length: int) -> bytes:
    encoded = b""
    while length > 0x7F:
        encoded, length = encoded + bytes([length & 0x7F | 0x80]), length >> 7
    return encoded + bytes([length])
