"""Sentences become sound once, what is somebody's own is kept nowhere, and a folder stays small."""

from __future__ import annotations

import io
import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.adapters.clips import Clips
from kiosk.adapters.voice_espeak import PROGRAM, EspeakVoice
from kiosk.core.inputs import Language
from kiosk.ports import Voice
from runtime.errors import DeviceError

VI, EN = Language.VI, Language.EN


class Parrot:
    """A voice that says the words themselves, and remembers how often it was asked."""

    def __init__(self, *, is_there: bool = True) -> None:
        self.said: list[str] = []
        self.is_there = is_there

    def speak(self, text: str, language: Language) -> bytes:
        if not self.is_there:
            raise DeviceError("voice: none")
        self.said.append(text)
        return f"{language}: {text}".encode()


@contextmanager
def opened(voice: Voice, folder: Path, most_bytes: int = 10_000) -> Iterator[Clips]:
    clips = Clips(voice, folder / "clips", most_bytes)
    clips.start()
    yield clips
    clips.stop()


def on_disk(folder: Path) -> bytes:
    return b"".join(one.read_bytes() + one.name.encode() for one in folder.rglob("*.*"))


def test_a_sentence_is_made_once_and_found_again_after_a_restart(tmp_path: Path) -> None:
    parrot = Parrot()
    for _ in range(2):
        with opened(parrot, tmp_path) as clips:
            for _ in range(2):
                assert clips.clip("Xin chào", VI, is_private=False) == "vi: Xin chào".encode()
            assert clips.clip("Xin chào", EN, is_private=False) == "en: Xin chào".encode()

    assert parrot.said == ["Xin chào"] * 2


def test_what_is_somebodys_own_is_kept_nowhere(tmp_path: Path) -> None:
    with opened(Parrot(), tmp_path) as clips:
        assert clips.clip("Chào Ngọc", VI, is_private=True) == "vi: Chào Ngọc".encode()
        assert clips.clip("Cảm ơn bạn", VI, is_private=False) is not None
        inside = repr(vars(clips))

    assert "Ngọc" not in inside
    assert "Ngọc".encode() not in on_disk(tmp_path)
    assert "Cảm ơn".encode() in on_disk(tmp_path)


def test_the_folder_stays_within_its_bound_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    parrot = Parrot()
    with opened(parrot, tmp_path, most_bytes=60) as clips:
        for text in ("one" * 6, "two" * 6, "one" * 6, "three" * 4, "one" * 6):
            clips.clip(text, EN, is_private=False)

    assert parrot.said == ["one" * 6, "two" * 6, "three" * 4]
    assert sum(one.stat().st_size for one in (tmp_path / "clips").iterdir()) <= 60


def test_without_a_voice_or_a_disk_there_is_no_sound_or_no_copy(tmp_path: Path) -> None:
    with opened(Parrot(is_there=False), tmp_path) as clips:
        assert (clips.is_there, clips.clip("Xin chào", VI, is_private=False)) == (False, None)
    (tmp_path / "clips").write_text("a file where the folder should be")
    with opened(Parrot(), tmp_path) as clips:
        assert clips.clip("Xin chào", VI, is_private=False) is not None


@pytest.mark.skipif(shutil.which(PROGRAM) is None, reason="espeak-ng is not installed here")
def test_debians_voice_speaks_both_languages_and_not_alike() -> None:
    voice = EspeakVoice()
    sounds = {language: voice.speak("Xin chào, Hello", language) for language in Language}

    assert voice.is_there
    assert sounds[VI] != sounds[EN]
    for sound in sounds.values():
        with wave.open(io.BytesIO(sound)) as played:
            assert played.getframerate() >= 16_000
    with pytest.raises(DeviceError, match="apt install espeak-ng"):
        Mute().speak("Xin chào", VI)


class Mute(EspeakVoice):
    """On a machine without the program."""

    def __init__(self) -> None:
        self._program = None
