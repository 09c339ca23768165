"""Imports the modules named as arguments and prints what they did beside defining things.

A script of its own, because it needs an interpreter that has imported none of them yet:
`python watch_imports.py ROOT MODULE...` prints a JSON list of [module, deed].
"""

import importlib
import json
import os
import sys
import threading
from pathlib import Path

# PEP 578 audit events that change the world or ask it; an "open" is judged by what it opens
DEEDS = (
    "os.exec",
    "os.fork",
    "os.mkdir",
    "os.posix_spawn",
    "os.putenv",
    "os.remove",
    "os.rename",
    "os.system",
    "shutil.",
    "socket.",
    "sqlite3.connect",
    "subprocess.Popen",
    "tempfile.",
    "urllib.",
)
# An adapter to one of these can be imported on a Raspberry Pi only.
ONLY_ON_A_PI = {"lgpio", "libcamera", "picamera2"}


def watch(root: Path, modules: list[str]) -> list[tuple[str, str]]:
    """Import the modules one by one; the deeds of each."""
    deeds: list[tuple[str, str]] = []
    importing = ""

    def hear(event: str, args: tuple[object, ...]) -> None:
        if is_deed(event, args, root) and not a_library_is_loading():
            deeds.append((importing, f"{event} {args}"))

    sys.addaudithook(hear)
    known = set(threading.enumerate())
    for importing in modules:
        try:
            importlib.import_module(importing)
        except ModuleNotFoundError as error:
            if error.name not in ONLY_ON_A_PI:
                raise
        started = set(threading.enumerate()) - known
        deeds += [(importing, f"thread {thread.name}") for thread in started]
        known |= started
    return deeds


def is_deed(event: str, args: tuple[object, ...], root: Path) -> bool:
    """Whether this is more than a mere import may do."""
    if event != "open":
        return event.startswith(DEEDS)
    path, _, flags = args
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    return bool(writes) or (isinstance(path, str) and is_our_data(Path(path), root))


def is_our_data(path: Path, root: Path) -> bool:
    """Whether a file lies in the house and is neither code nor in .venv."""
    if not path.is_relative_to(root) or path.suffix in (".py", ".pyc"):
        return False
    return not any(part.startswith(".") for part in path.relative_to(root).parts)


def a_library_is_loading() -> bool:
    """Whether a third-party module's body is running: what it does there is not ours to change."""
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]  # ends with None
        code = frame.f_code
        if code.co_name == "<module>" and "site-packages" in code.co_filename:
            return True
    return False


if __name__ == "__main__":
    house = Path(sys.argv[1])
    sys.path.insert(0, str(house))
    json.dump(watch(house, sys.argv[2:]), sys.stdout)
