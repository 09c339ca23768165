"""A voice made by Debian's espeak-ng. It plays nothing and keeps nothing: words in, sound out."""

from __future__ import annotations

import subprocess
from shutil import which

from kiosk.core.inputs import Language
from runtime.errors import DeviceError

PROGRAM = "espeak-ng"
VOICES = {Language.VI: "vi", Language.EN: "en-gb"}  # as `espeak-ng --voices` lists them
WORDS_A_MINUTE = 150  # of speech to strangers in a noisy room; its own default is 175
PATIENCE_S = 5.0  # a sentence takes 30 ms here, and a Pi 3 is some ten times slower


class EspeakVoice:
    """A Voice; the program is started for each sentence, and ends with it."""

    def __init__(self) -> None:
        self._program = which(PROGRAM)

    @property
    def is_there(self) -> bool:
        """Whether the program is installed."""
        return self._program is not None

    def speak(self, text: str, language: Language) -> bytes:
        """The words as a WAV file; DeviceError if the program is missing, fails or hangs.

        They go in by a pipe: what stands on a command line, anybody on the machine can read.
        """
        if self._program is None:
            raise DeviceError(f"voice: {PROGRAM} is not installed (apt install {PROGRAM})")
        how = ("-v", VOICES[language], "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout")
        try:
            done = subprocess.run(
                [self._program, *how],
                input=text.encode(),
                capture_output=True,
                timeout=PATIENCE_S,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise DeviceError(f"voice: {PROGRAM}: {type(error).__name__}") from error
        if not done.stdout.startswith(b"RIFF"):
            raise DeviceError(f"voice: {PROGRAM} made no sound; is the voice {how[1]} installed?")
        return done.stdout
