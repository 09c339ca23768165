"""Check the code and run the tests; arguments go to pytest, paths count from the repository's root.

Refuses to stop at the first failure: a person wants to see at once all that is wrong.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
CHECKS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))
COMPILES_ANEW = "PYTHONDONTWRITEBYTECODE"

app = typer.Typer(add_completion=False)


@app.command(context_settings={"ignore_unknown_options": True})
def command(pytest_args: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Check style and types, then run pytest."""
    raise typer.Exit(check(ROOT, pytest_args or []))


def check(root: Path, pytest_args: list[str]) -> int:
    """Run every check in `root`; the status of the last that failed, so pytest's before others'."""
    # Tests start a hundred processes: unless the first keeps what it compiled, all compile.
    environment = {name: text for name, text in os.environ.items() if name != COMPILES_ANEW}
    status = 0
    for module in (*CHECKS, ("pytest", *pytest_args)):
        print("+", *module, file=sys.stderr, flush=True)
        command = [sys.executable, "-m", *module]
        done = subprocess.run(command, cwd=root, env=environment, check=False)
        status = done.returncode or status
    return status
