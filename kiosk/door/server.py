"""The door's ear: a Unix socket that hears lines, and only from users it was told of.

Who speaks is the kernel's word (SO_PEERCRED), not the speaker's. It understands nothing.
"""

from __future__ import annotations

import logging
import selectors
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.core.door_wire import MAX_ASK_BYTES
from runtime.errors import UnavailableError

MOST_PEERS = 8  # a kiosk, its successor while it restarts, a technician; more is an attack
_CREDENTIALS = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Peer:
    """One connection, and the beginning of its next line."""

    talk: socket.socket
    heard: bytes = field(default=b"", repr=False)


class DoorServer:
    """The listening socket and its connections, owned by one thread."""

    def __init__(self, path: Path, allowed_uids: frozenset[int]) -> None:
        """Listen; UnavailableError if another door does, or the folder forbids it."""
        self._path = path
        self._allowed_uids = allowed_uids
        self._selector = selectors.DefaultSelector()
        self._listener = _listen(path)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._peers: set[Peer] = set()
        self.turned_away = 0

    def lines(self, timeout_s: float) -> Iterator[tuple[Peer, bytes]]:
        """What was said until something was or the time is over, at most one line a peer."""
        for key, _ in self._selector.select(max(timeout_s, 0.0)):
            if key.fileobj is self._listener:
                self._meet()
                continue
            line = self._hear(key.data)
            if line is not None:
                yield key.data, line

    def reply(self, peer: Peer, line: bytes) -> None:
        """Answer; a peer that does not listen is left."""
        try:
            peer.talk.send(line)
        except OSError:
            self._leave(peer)

    def close(self) -> None:
        """Stop listening; safe to call twice."""
        for peer in tuple(self._peers):
            self._leave(peer)
        self._selector.close()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _meet(self) -> None:
        talk, _ = self._listener.accept()
        pid, uid, _ = _CREDENTIALS.unpack(
            talk.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )
        if uid not in self._allowed_uids or len(self._peers) >= MOST_PEERS:
            self.turned_away += 1
            log.warning("process %d of user %d is turned away", pid, uid)
            talk.close()
            return
        talk.setblocking(False)
        peer = Peer(talk)
        self._peers.add(peer)
        self._selector.register(talk, selectors.EVENT_READ, peer)

    def _hear(self, peer: Peer) -> bytes | None:
        """The peer's next whole line, if there is one; it asks one thing and waits."""
        try:
            data = peer.talk.recv(MAX_ASK_BYTES)
        except OSError:
            data = b""
        peer.heard += data
        line, end, rest = peer.heard.partition(b"\n")
        if not data or rest or len(line) > MAX_ASK_BYTES:
            self._leave(peer)
            return None
        if not end:
            return None
        peer.heard = b""
        return line

    def _leave(self, peer: Peer) -> None:
        if peer in self._peers:
            self._peers.remove(peer)
            self._selector.unregister(peer.talk)
            peer.talk.close()


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if _is_alive(path):
            raise UnavailableError(f"another door listens at {path}; stop that one")
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o666)  # the kernel's word on the speaker decides, and the folder's mode
        listener.listen()
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise UnavailableError(f"cannot listen at {path}: {error.strerror}") from error
    except UnavailableError:
        listener.close()
        raise
    return listener


def _is_alive(path: Path) -> bool:
    """Whether a living process listens there; a dead one leaves its socket lying about."""
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.connect(str(path))
        return True
    return False
