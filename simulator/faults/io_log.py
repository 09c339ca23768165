"""What a process wrote, synced and said, in order: an unmodified process, watched by strace.

Reads only calls that change files of one flat folder. What the process says it appends to the
file SAID in that folder, so that its promises stand among its writes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import UnavailableError

SAID = "said"
FAILED = "failed"  # said in the name of a process that ended badly because its calls did
_CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2"
_SYNCS = ("fsync", "fdatasync")
_LONGEST = 1 << 24  # of data in one call; strace cuts what is longer


@dataclass(frozen=True, slots=True)
class Created:
    """A file may be new: opened to be created if it was not there, and perhaps emptied."""

    name: str
    is_emptied: bool = False


@dataclass(frozen=True, slots=True)
class Wrote:
    """Bytes were given to the system; they are not on the disk yet."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file got another length."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Synced:
    """All that was written to a file is on the disk; "" is the folder, with the names in it."""

    name: str


@dataclass(frozen=True, slots=True)
class Unsynced:
    """A sync failed. Linux then believes that the disk has it all, and never writes it again."""

    name: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A name is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file has another name."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Said:
    """The process told somebody something."""

    line: str


Op = Created | Wrote | Cut | Synced | Unsynced | Removed | Renamed | Said


def strace(*options: str) -> list[str]:
    """The beginning of a command that watches the rest of it; UnavailableError without strace."""
    program = shutil.which("strace")
    if program is None:
        raise UnavailableError("strace is not installed: apt-get install strace")
    return [program, "-f", "-qq", "-e", "signal=none", *options]


@dataclass(frozen=True, slots=True)
class Failing:
    """Some calls in a row fail, from the n-th of their kind on: a disk that is full for a while."""

    call: str  # pwrite64, fdatasync
    error: str  # ENOSPC, EROFS, EIO
    first: int
    times: int

    def __str__(self) -> str:
        """As strace is told."""
        until = self.first + self.times - 1
        return f"inject={self.call}:error={self.error}:when={self.first}..{until}"


def recorded(command: Sequence[str], folder: Path, failing: Failing | None = None) -> list[Op]:
    """Run a command to its end, and all it did in a folder.

    Raises UnavailableError if it cannot be watched here, or failed although no call was made to.
    """
    log = folder.with_name(f"{folder.name}.strace")
    watching = strace("-y", "-xx", "-s", str(_LONGEST), "--seccomp-bpf", "-e", f"trace={_CALLS}")
    if failing is not None:
        watching += ["-e", str(failing)]
    done = subprocess.run(
        [*watching, "-o", str(log), *command], capture_output=True, text=True, check=False
    )
    words = done.stderr.strip().rpartition("\n")[2][-300:]
    if done.returncode != os.EX_OK and failing is None:
        raise UnavailableError(f"strace of {command[0]} failed: {words}")
    with log.open(encoding="ascii") as lines:
        ops = list(parsed(lines, folder))
    log.unlink()
    if done.returncode != os.EX_OK:
        ops.append(Said(f"{FAILED} {words}"))  # that is for a judge
    return ops


def parsed(lines: Iterable[str], folder: Path) -> Iterator[Op]:
    """What strace wrote, as far as it is about the folder. Calls that failed changed nothing."""
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        has_failed = match["result"].startswith("-")
        if has_failed and match["call"] not in _SYNCS:
            continue
        strings = [_unescaped(one) for one in _STRING.findall(match["arguments"])]
        for op in _op(match["call"], match["arguments"], strings, folder):
            yield Unsynced(op.name) if has_failed and isinstance(op, Synced) else op


_LINE = re.compile(r"(?:\d+ +)?(?P<call>\w+)\((?P<arguments>.*)\) = (?P<result>-?\d+)")
_STRING = re.compile(r'[<"]((?:\\x[0-9a-f]{2})*)[>"]')  # a path behind a number, or an argument


def _unescaped(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _op(call: str, arguments: str, strings: Sequence[bytes], folder: Path) -> Iterator[Op]:
    if call == "openat":
        name = _name(strings[-2] if arguments.endswith(">") else strings[-1], folder)
        if name is not None and name != SAID and "O_CREAT" in arguments:
            yield Created(name, "O_TRUNC" in arguments)
        return
    if call.startswith("rename"):
        names = [_name(one, folder) for one in strings if b"/" in one]
        if names[0] is not None and names[1] is not None:
            yield Renamed(names[0], names[1])
        return
    name = _name(strings[0] if call != "unlinkat" else strings[-1], folder)
    if name is None:
        return
    last = arguments.rpartition(", ")[2]
    match call:
        case "write" if name == SAID:
            yield from map(Said, strings[1].decode().splitlines())
        case "pwrite64":
            yield Wrote(name, int(last), strings[1])
        case "ftruncate":
            yield Cut(name, int(last))
        case "fsync" | "fdatasync":
            yield Synced(name)
        case "unlink" | "unlinkat":
            yield Removed(name)
        case _:
            raise UnavailableError(f"{call} of {name}: a power cut in it cannot be played here")


def _name(path: bytes, folder: Path) -> str | None:
    """The name in the folder; "" for the folder itself, None for what lies elsewhere."""
    where, text = str(folder), os.fsdecode(path)
    if text == where:
        return ""
    return text[len(where) + 1 :] if text.startswith(f"{where}/") else None
