from __future__ import annotations

import socket

import pytest

from runtime.errors import UnavailableError
from simulator import ports


def test_free_ports_are_different_and_usable() -> None:
    found = ports.free(7)

    assert len(set(found)) == 7
    for port in found:
        socket.create_server((ports.HOST, port)).close()


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=rf"port {port} .*in use.*--port"):
            ports.row(port, 3)  # from itself: the one before may be taken by anybody


def test_a_row_that_ends_beyond_the_last_port_is_refused() -> None:
    with pytest.raises(UnavailableError, match="port 65536"):
        ports.row(65_535, 2)


def test_a_free_row_is_taken_as_asked() -> None:
    base = max(ports.free(1))

    assert ports.row(base, 1) == [base]


def test_a_server_answers_as_soon_as_it_listens() -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        assert ports.answers(port)

    assert not ports.answers(port)
