"""The door's ear: who may speak, and how much."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kiosk.core.door_wire import MAX_ASK_BYTES
from kiosk.door.server import MOST_PEERS, DoorServer
from runtime.errors import UnavailableError
from tests.waiting import until

ME = frozenset({os.getuid()})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DoorServer]:
    with closing(DoorServer(tmp_path / "door.sock", ME)) as server:
        yield server


@pytest.fixture
def kiosk(server: DoorServer, tmp_path: Path) -> Iterator[socket.socket]:
    with caller(tmp_path) as talk:
        heard(server)
        yield talk


def caller(folder: Path) -> socket.socket:
    talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    talk.settimeout(5)
    talk.connect(str(folder / "door.sock"))
    return talk


def heard(server: DoorServer, looks: int = 4) -> list[bytes]:
    """What is said now; what was sent before has arrived, on this machine."""
    return [line for _ in range(looks) for _, line in server.lines(0.01)]


def test_a_line_is_heard_and_answered(server: DoorServer, kiosk: socket.socket) -> None:
    kiosk.sendall(b"hello\n")
    for peer, line in server.lines(5):
        server.reply(peer, line.upper() + b"\n")

    assert kiosk.recv(100) == b"HELLO\n"


def test_a_line_may_come_in_pieces(server: DoorServer, kiosk: socket.socket) -> None:
    kiosk.sendall(b"hel")
    assert heard(server) == []
    kiosk.sendall(b"lo\n")

    assert heard(server) == [b"hello"]


def test_a_user_it_was_not_told_of_is_turned_away(tmp_path: Path) -> None:
    with closing(DoorServer(tmp_path / "door.sock", frozenset({os.getuid() + 1}))) as server:
        with caller(tmp_path) as talk:
            assert heard(server) == []
            assert talk.recv(1) == b""
        assert server.turned_away == 1


CALL = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.recv(1)"


def test_another_user_of_the_machine_is_turned_away() -> None:
    """By the kernel's word on them. Runs where the tests run as root, as they do in CI."""
    with TemporaryDirectory() as folder:  # not tmp_path, into which nobody else may look
        Path(folder).chmod(0o755)
        _is_turned_away(Path(folder) / "door.sock")


def _is_turned_away(path: Path) -> None:
    nobody = "nobody" if os.getuid() == 0 else None
    allowed = ME if nobody else frozenset({os.getuid() + 1})
    with closing(DoorServer(path, allowed)) as server:
        with subprocess.Popen([sys.executable, "-c", CALL, str(path)], user=nobody) as stranger:
            until(lambda: heard(server) or stranger.poll() is not None, "it is hung up on")
            assert stranger.returncode == 0
        assert server.turned_away == 1


def test_a_line_too_long_ends_the_conversation(server: DoorServer, kiosk: socket.socket) -> None:
    kiosk.sendall(b"x" * (MAX_ASK_BYTES + 2))

    assert heard(server) == []
    assert kiosk.recv(1) == b""


def test_a_peer_that_does_not_wait_for_its_answer_is_left(
    server: DoorServer, kiosk: socket.socket
) -> None:
    kiosk.sendall(b"one\ntwo\n")

    assert heard(server) == []
    assert kiosk.recv(1) == b""


def test_a_peer_that_hangs_up_is_forgotten(server: DoorServer, tmp_path: Path) -> None:
    for _ in range(MOST_PEERS * 2):
        caller(tmp_path).close()
        heard(server)

    with caller(tmp_path) as talk:
        talk.sendall(b"still there?\n")
        assert heard(server) == [b"still there?"]
    assert server.turned_away == 0


def test_too_many_peers_are_turned_away(server: DoorServer, tmp_path: Path) -> None:
    callers = [caller(tmp_path) for _ in range(MOST_PEERS + 1)]
    heard(server, 20)

    assert server.turned_away == 1
    for talk in callers:
        talk.close()


def test_a_peer_that_never_reads_is_left(server: DoorServer, kiosk: socket.socket) -> None:
    kiosk.sendall(b"health?\n")
    ((peer, _),) = server.lines(5)
    for _ in range(100):
        server.reply(peer, b"x" * 100_000)

    assert peer.talk.fileno() == -1


def test_a_second_door_is_refused_and_a_dead_ones_socket_is_not(
    server: DoorServer, tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError, match="another door listens"):
        DoorServer(tmp_path / "door.sock", ME)

    server._listener.close()  # as if it had been killed
    DoorServer(tmp_path / "door.sock", ME).close()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"cannot listen at .*/gone/door\.sock"):
        DoorServer(tmp_path / "gone" / "door.sock", ME)
