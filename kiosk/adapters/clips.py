"""Sentences as sound, made by one thread when they are first asked for, and kept on the disk.

What is somebody's own is kept nowhere: it is made anew each time, which takes a moment.
"""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from kiosk.core.inputs import Language
from kiosk.ports import Voice
from runtime.errors import DeviceError

FOLDER_MAX_BYTES = 32 << 20  # some 150 sentences of four seconds: every public screen, twice
WAITING_MAX = 8  # sentences; a screen asks for one after the other
PATIENCE_S = 6.0  # a little longer than the voice's own
WAV = ".wav"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Wish:
    text: str
    language: Language
    is_private: bool
    done: threading.Event = field(default_factory=threading.Event)
    sound: bytes | None = None


class Clips:
    """What was spoken already; asked by the page's threads, made by the thread `voice`."""

    def __init__(
        self, voice: Voice, folder: Path, folder_max_bytes: int = FOLDER_MAX_BYTES
    ) -> None:
        self._voice = voice
        self._folder = folder
        self._folder_max_bytes = folder_max_bytes
        self._wishes: queue.Queue[_Wish | None] = queue.Queue(WAITING_MAX)
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    @property
    def is_there(self) -> bool:
        """Whether there is a voice at all."""
        return self._voice.is_there

    def start(self) -> None:
        """Begin to make sounds."""
        self._thread.start()

    def stop(self) -> None:
        """Make no more; safe to call twice."""
        if self._thread.is_alive():
            self._wishes.put(None)
            self._thread.join()

    def clip(self, text: str, language: Language, *, is_private: bool) -> bytes | None:
        """The sentence as a WAV file; None if there is no voice, or it is too slow."""
        wish = _Wish(text, language, is_private)
        try:
            self._wishes.put_nowait(wish)
        except queue.Full:
            return None
        return wish.sound if wish.done.wait(PATIENCE_S) else None

    def _run(self) -> None:
        while (wish := self._wishes.get()) is not None:
            try:
                self._grant(wish)
            except DeviceError as error:
                log.error("%s", error)
            wish.done.set()

    def _grant(self, wish: _Wish) -> None:
        if wish.is_private:
            wish.sound = self._voice.speak(wish.text, wish.language)
            return
        path = self._folder / f"{_name(wish.text, wish.language)}{WAV}"
        wish.sound = _read(path)
        if wish.sound is None:
            wish.sound = self._voice.speak(wish.text, wish.language)
            self._keep(path, wish.sound)

    def _keep(self, path: Path, sound: bytes) -> None:
        """On the disk, and the oldest make room. Without a disk it is made anew each time."""
        try:
            self._folder.mkdir(exist_ok=True)
            new = path.with_suffix(".new")
            new.write_bytes(sound)
            new.replace(path)
            kept = sorted(self._folder.glob(f"*{WAV}"), key=lambda one: one.stat().st_mtime_ns)
            over_bytes = sum(one.stat().st_size for one in kept) - self._folder_max_bytes
            while over_bytes > 0 and kept:
                over_bytes -= kept[0].stat().st_size
                kept.pop(0).unlink()
        except OSError as error:
            log.warning("clips: %s: %s", self._folder, error.strerror)


def _read(path: Path) -> bytes | None:
    try:
        sound = path.read_bytes()
        path.touch()  # used: others are older
    except OSError:
        return None
    return sound


def _name(text: str, language: Language) -> str:
    """By the words themselves: other words are another clip."""
    return sha256(f"{language}\n{text}".encode()).hexdigest()[:32]
