"""Ports of loopback for the demo's servers: free ones, or a row that a person asked for."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from runtime.errors import UnavailableError

HOST = "127.0.0.1"
LAST = 65_535
ANSWERS_WITHIN_S = 0.5


def free(count: int) -> list[int]:
    """That many different ports which nobody uses now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def row(base: int, count: int) -> list[int]:
    """`base` and the ports after it; UnavailableError names the first that is taken."""
    ports = list(range(base, base + count))
    if ports[-1] > LAST:
        raise UnavailableError(f"there is no port {ports[-1]}: choose lower ones with --port")
    for port in ports:
        try:
            socket.create_server((HOST, port)).close()
        except OSError as error:
            raise UnavailableError(
                f"port {port} on {HOST} cannot be used ({error.strerror}):"
                " choose others with --port"
            ) from error
    return ports


def answers(port: int) -> bool:
    """Whether a server accepts connections there now."""
    with socket.socket() as caller:
        caller.settimeout(ANSWERS_WITHIN_S)
        return caller.connect_ex((HOST, port)) == 0
