"""What may be on a disk when the power goes: all that was synced, and any part of the rest.

Writes since a file's last sync may each have arrived, in whole, in torn sectors, or not at all;
names arrive in order, and for certain only once their folder was synced. It lies about no sync.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from simulator.faults.io_log import Created, Cut, Op, Removed, Renamed, Synced, Unsynced, Wrote

SECTOR_BYTES = 512  # what a card or disk writes as one; smaller than any page of ours


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Wrote | Cut] = field(default_factory=list)


@dataclass(slots=True)
class CutDisk:
    """One flat folder on a disk; `do` follows a process, `after_cut` looks and changes nothing."""

    _names: dict[str, _File] = field(default_factory=dict)  # as the process sees them
    _durable: dict[str, _File] = field(default_factory=dict)
    _unsynced: list[dict[str, _File]] = field(default_factory=list)  # after each change of a name
    # ext4 takes a new file's name along with the file's own sync. That is believed only where the
    # folder's sync failed, which SQLite passes over in silence.
    _names_follow: bool = False
    _whims: Random = field(default_factory=lambda: Random(1))  # what became of a failed sync

    @classmethod
    def holding(cls, folder: Path) -> CutDisk:
        """Everything that lies in a folder, all of it synced."""
        names = {path.name: _File(bytearray(path.read_bytes())) for path in folder.iterdir()}
        return cls(names, dict(names))

    def do(self, op: Op) -> None:
        """The process went on by one call."""
        match op:
            case Created(name, is_emptied):
                if name not in self._names:
                    self._rename({**self._names, name: _File()})
                elif is_emptied:
                    self._names[name].pending.append(Cut(name, 0))
            case Wrote(name) | Cut(name):
                self._names[name].pending.append(op)
            case Removed(name):
                self._rename({one: file for one, file in self._names.items() if one != name})
            case Renamed(name, to):
                left = {one: file for one, file in self._names.items() if one != name}
                self._rename({**left, to: self._names[name]})
            case Synced(""):
                self._durable = self._names
                self._unsynced.clear()
            case Unsynced(""):
                self._names_follow = True
            case Synced(name):
                if self._names_follow:
                    self._durable = self._names
                    self._unsynced.clear()
                file = self._names[name]
                for change in file.pending:
                    _apply(file.durable, change)
                file.pending.clear()
            case Unsynced(name):
                file = self._names[name]
                file.durable[:] = _survived(file, self._whims)
                file.pending.clear()

    def after_cut(self, random: Random) -> dict[str, bytes]:
        """One of the many things that could be found now, by name."""
        names = random.choice([self._durable, *self._unsynced])
        return {name: _survived(file, random) for name, file in names.items()}

    def _rename(self, names: dict[str, _File]) -> None:
        self._names = names
        self._unsynced.append(names)


def _survived(file: _File, random: Random) -> bytes:
    """Nothing of what was not synced, all of it, some writes, or some sectors of some writes."""
    if not file.pending:
        return bytes(file.durable)
    found = bytearray(file.durable)
    how = random.randrange(4)
    for change in file.pending if how else ():
        if how == 1:
            _apply(found, change)
        elif random.random() < 0.6:  # uneven, so that some transactions are nearly whole
            if how == 2 or isinstance(change, Cut):
                _apply(found, change)
            else:
                for part in _sectors(change):
                    if random.random() < 0.6:
                        _apply(found, part)
    return bytes(found)


def _sectors(wrote: Wrote) -> Iterator[Wrote]:
    """A write as the disk sees it."""
    begin, end = wrote.offset, wrote.offset + len(wrote.data)
    while begin < end:
        until = min(begin - begin % SECTOR_BYTES + SECTOR_BYTES, end)
        part = wrote.data[begin - wrote.offset : until - wrote.offset]
        yield Wrote(wrote.name, begin, part)
        begin = until


def _apply(content: bytearray, change: Wrote | Cut) -> None:
    match change:
        case Cut(_, size_bytes):
            del content[size_bytes:]
            content.extend(bytes(size_bytes - len(content)))
        case Wrote(_, offset, data):
            content.extend(bytes(max(offset - len(content), 0)))
            content[offset : offset + len(data)] = data
