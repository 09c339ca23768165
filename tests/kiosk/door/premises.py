"""A door and its closer as real processes, on real gpiozero over a chip made of files."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.core import door_wire
from kiosk.core.door_wire import Answer, AnyAsk, AnyReply, ShowPass
from kiosk.door.trust_files import KEYRING, REVOCATIONS
from tests.faults.chip.board import Board
from tests.kiosk.door.shop import (
    DOOR,
    ISSUER,
    ISSUER_KEY_ID,
    STORE,
    STORE_NO,
    public_hex,
)
from tests.waiting import until

HIEN = "import sys; from cli.main import main; sys.exit(main(sys.argv[1:]))"
LOCK, CONTACT, EXIT = 17, 27, 22
HOLD_S = 1.5  # long enough to be seen from outside on a busy machine
STARTS_WITHIN_S = 60.0  # two seconds, on a machine that does nothing else

TOML = f"""
store = "{STORE}"
store_no = {STORE_NO}
door = "{DOOR}"
data_dir = "{{folder}}"
socket = "{{folder}}/door.sock"
closer = "{{folder}}/closer.sock"
allowed_users = [{{uid}}]
time_source = {{{{ driver = "assumed" }}}}
contact = {{{{ driver = "gpiozero", options = {{{{ pin = {CONTACT}, on_when = "open" }}}} }}}}
exit = {{{{ driver = "gpiozero", options = {{{{ pin = {EXIT}, on_when = "closed" }}}} }}}}

[lock]
driver = "gpiozero"
hold_s = {HOLD_S}
options = {{{{ pin = {LOCK} }}}}

[trust]
folder = "{{folder}}"
issuers = {{{{ "{ISSUER_KEY_ID}" = "{public_hex(ISSUER)}" }}}}
"""


class Kiosk:
    """The kiosk's end of the door's socket."""

    def __init__(self, path: Path) -> None:
        self._talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._talk.settimeout(10)
        try:
            self._talk.connect(str(path))
        except OSError:
            self._talk.close()
            raise
        self._file = self._talk.makefile("rb")

    def ask(self, ask: AnyAsk) -> AnyReply | None:
        """What the door replies; None if it has died or hung up."""
        return self.say(door_wire.line(ask))

    def say(self, line: bytes) -> AnyReply | None:
        try:
            self._talk.sendall(line)
            reply = self._file.readline()
        except OSError:
            return None
        return door_wire.read_reply(reply) if reply else None

    def tell(self, ask: AnyAsk) -> None:
        """Ask, and do not wait for an answer that may never come."""
        self._talk.sendall(door_wire.line(ask))

    def show(self, text: str) -> Answer:
        answer = self.ask(ShowPass(text))
        assert isinstance(answer, Answer)
        return answer

    def close(self) -> None:
        self._file.close()
        self._talk.close()


@dataclass
class Premises:
    """One door's folder, chip and processes."""

    folder: Path
    settings: str = TOML
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        text = self.settings.format(folder=self.folder, uid=os.getuid())
        (self.folder / "door.toml").write_text(text)
        self.shut()
        self.board.pull(EXIT, 1)  # nobody presses the handle, which closes a circuit to ground

    @property
    def board(self) -> Board:
        return Board(self.folder)

    def shut(self) -> None:
        """The contact's circuit is closed to ground while the door is shut."""
        self.board.pull(CONTACT, 0)

    def open(self) -> None:
        self.board.pull(CONTACT, 1)

    def trust(self, documents: tuple[bytes, bytes]) -> None:
        (self.folder / KEYRING).write_bytes(documents[0])
        (self.folder / REVOCATIONS).write_bytes(documents[1])

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """`run` or `closer`."""
        with (self.folder / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", HIEN, "door", command, "--settings", "door.toml"],
                cwd=self.folder,
                env=self.board.environment(),
                stderr=log,
            )
        self.processes.append(process)
        return process

    def start_closer(self) -> subprocess.Popen[bytes]:
        process = self.start("closer")
        until((self.folder / "closer.sock").exists, "the closer listens", STARTS_WITHIN_S)
        return process

    def start_door(self) -> subprocess.Popen[bytes]:
        process = self.start("run")
        until(
            lambda: self._answers() or process.poll() is not None,
            "the door listens",
            STARTS_WITHIN_S,
        )
        assert process.poll() is None, self.said("run")
        return process

    def _answers(self) -> bool:
        try:
            self.meet().close()
        except OSError:
            return False
        return True

    def meet(self) -> Kiosk:
        return Kiosk(self.folder / "door.sock")

    def said(self, command: str) -> str:
        return (self.folder / f"{command}.log").read_text()

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
            process.wait()
        self.processes.clear()


@contextmanager
def opened(premises: Premises) -> Iterator[Kiosk]:
    """A kiosk at the door of premises whose processes run."""
    kiosk = premises.meet()
    try:
        yield kiosk
    finally:
        kiosk.close()
