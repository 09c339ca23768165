"""One HTTP request to somebody else's server: to the address that was looked at, and nowhere else.

The name is resolved once, its addresses are judged, and the connection goes to the one that was
judged; a redirect is an answer like any other and is not followed. Keeps no cookies, asks no proxy.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from runtime.errors import UnavailableError

AGENT = "Hien/1"
TIMEOUT_S = 10.0  # for each step; what senders of webhooks commonly allow
WHOLE_S = 30.0  # for all of it: who answers a byte at a time is cut off
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: IPv4 in its last 32 bits

Resolve = Callable[[str, int], Sequence[str]]


class RefusedAddressError(UnavailableError):
    """The name leads into a private network, where a URL could reach our own machines."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # it may hold a secret
    body: bytes = field(default=b"", repr=False)
    answer_max_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)


def addresses(host: str, port: int) -> list[str]:
    """Every address of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Whether an address is of the open internet: not private, link-local, shared or reserved.

    An IPv4 address inside an IPv6 one is judged as what it is.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _inner(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        ip = inner
    return ip.is_global and not ip.is_multicast


def _inner(ip: IPv6Address) -> IPv4Address | None:
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo[1] if ip.teredo is not None else None
    return ip.ipv4_mapped or ip.sixtofour or teredo


@dataclass(frozen=True)
class Outbound:
    """Sends requests. With `allow_private` also into our own network, and then without TLS too."""

    allow_private: bool = False
    resolve: Resolve = addresses
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    whole_s: float = WHOLE_S

    def send(self, request: Request) -> Response:
        """The answer, whatever its status.

        Raises RefusedAddressError if the name leads where we do not go, UnavailableError if nobody
        answers, or answers more than was asked for.
        """
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
            raise RefusedAddressError("the address is no http or https address")
        if parts.scheme == "http" and not self.allow_private:
            raise RefusedAddressError(f"{host}: only https goes out of our own network")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = _Pinned(host, port, self._address(host, port))
        if parts.scheme == "https":
            connection.tls, connection.default_port = self.tls, 443
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return self._answer(connection, request, path)

    def _address(self, host: str, port: int) -> str:
        """The one address to connect to; if one of them is not ours to go to, none is."""
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise UnavailableError(f"{host}: there is no such name") from error
        if not found:
            raise UnavailableError(f"{host}: has no address")
        if not self.allow_private and not all(map(is_public, found)):
            raise RefusedAddressError(f"{host}: leads into a private network")
        return found[0]

    def _answer(self, connection: _Pinned, request: Request, path: str) -> Response:
        headers = {"User-Agent": AGENT, "Connection": "close", **request.headers}
        too_long = threading.Timer(self.whole_s, connection.cut)
        too_long.name = "outbound-limit"
        too_long.start()
        try:
            connection.request(request.method, path, request.body or None, headers)
            answer = connection.getresponse()
            body = answer.read(request.answer_max_bytes + 1)
            said = {name.lower(): text for name, text in answer.getheaders()}
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise UnavailableError(f"{connection.host}: {reason}") from error
        finally:
            too_long.cancel()
            connection.close()
        if connection.is_cut:  # what came until then looks like a whole answer
            raise UnavailableError(f"{connection.host}: took more than {self.whole_s:g} s")
        if len(body) > request.answer_max_bytes:
            raise UnavailableError(f"{connection.host}: answered more than was asked for")
        return Response(answer.status, said, body)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address, under the name it was found by: its certificate must fit that."""

    tls: ssl.SSLContext | None = None
    is_cut = False

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._pin = address

    def connect(self) -> None:
        """To the address that was judged."""
        self.sock = socket.create_connection((self._pin, self.port), TIMEOUT_S)
        if self.tls is not None:
            self.sock = self.tls.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread: whoever waits for a byte gets an error."""
        self.is_cut = True
        with suppress(OSError, AttributeError):  # it may be over, or not have begun
            self.sock.shutdown(socket.SHUT_RDWR)
