"""The one command `hien`: finds the command asked for and runs it.

Knows no command itself: each package brings its own as an entry point, and only the one asked for
is imported. Turns what an operator can mend into one line; a bug keeps its traceback.
"""

import ast
import os
import sys
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from runtime.errors import SettingsError, UnavailableError

USAGE = """\
Hiên, the porch of the shop: the in-store half of online-to-offline retail.

Usage: hien COMMAND [ARGUMENT]...   (hien COMMAND --help says more)
"""
EX_USAGE = 2  # what shells and typer use; sysexits.h has 64, which nobody expects


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    name, *args = (sys.argv[1:] if argv is None else argv) or ["--help"]
    commands = {command.name: command for command in entry_points(group="hien.commands")}
    if name in ("-h", "--help"):
        print(usage(commands))
        return os.EX_OK
    if name == "--version":
        print(f"hien {version('hien')}")
        return os.EX_OK
    if name not in commands:
        guess = get_close_matches(name, commands, n=1)
        hint = f"did you mean {guess[0]}?" if guess else "hien --help lists them"
        return refuse(f"there is no command {name!r} ({hint})", EX_USAGE)
    try:
        return run(commands[name], args)
    except SettingsError as error:
        return refuse(error, os.EX_CONFIG)
    except UnavailableError as error:
        return refuse(error, os.EX_UNAVAILABLE)


def run(command: EntryPoint, args: list[str]) -> int:
    """Import the command's typer app and run it."""
    from typer.main import get_command

    try:
        # Not app(): that would draw a bug's traceback as a box, with the values of variables in it.
        get_command(command.load()).main(args, prog_name=f"hien {command.name}")
    except SystemExit as end:
        return int(end.code or os.EX_OK)
    return os.EX_OK


def usage(commands: dict[str, EntryPoint]) -> str:
    """How to call us, and what each command is for."""
    width = max(map(len, commands))
    lines = [f"  {name:{width}}  {summary(commands[name])}" for name in sorted(commands)]
    return "\n".join([USAGE, *lines])


def summary(command: EntryPoint) -> str:
    """The first line of the docstring of the command's module, read without importing it."""
    try:
        spec = find_spec(command.module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        return "(not installed)"  # another distribution's command may be broken: help still helps
    source = Path(spec.origin).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def refuse(problem: object, status: int) -> int:
    """Say in one line why nothing is done."""
    print(f"hien: {problem}", file=sys.stderr)
    return status
