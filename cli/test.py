"""Check the code and run the tests; arguments go to pytest, paths count from the repository's root.

Refuses to stop at the first failure: a person wants to see at once all that is wrong.
"""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
CHECKS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))

app = typer.Typer(add_completion=False)


@app.command(context_settings={"ignore_unknown_options": True})
def check(pytest_args: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Check style and types, then run pytest."""
    status = 0
    for command in (*CHECKS, ("pytest", *(pytest_args or []))):
        print("+", *command, file=sys.stderr, flush=True)
        done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
        status = done.returncode or status  # pytest comes last: its status is the verdict
    raise typer.Exit(status)
