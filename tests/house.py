"""The house read as text: its files, their module names, what they import. Runs nothing of it."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "bench",
    "cli",
    "contract",
    "firmware_config",
    "gateway",
    "kiosk",
    "runtime",
    "simulator",
    "updates",
    "web_ui",
)
NEVER_OURS_TO_IMPORT = ("tests",)  # ours as well, but no product code may need them


@cache
def files(root: Path = ROOT) -> list[Path]:
    """Every Python file of the product."""
    return sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))


def module(path: Path, root: Path = ROOT) -> str:
    """`kiosk/core/presence.py` is `kiosk.core.presence`, `kiosk/core/__init__.py` `kiosk.core`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache  # a file is read once, and asked about by many tests
def imports(path: Path) -> tuple[str, ...]:
    """The dotted name of everything a file imports, also inside functions and under conditions.

    `from a import b` is `a.b`, which is right for the longest prefix whether b is a module or not.
    A relative import keeps its dots and so is never in any table.
    """
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                yield from (f"{'.' * level}{origin or ''}.{alias.name}" for alias in names)


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def below(name: str, tops: Iterable[str]) -> list[str]:
    """Those of `tops` that are the dotted name itself or one of its parents."""
    return [top for top in tops if f"{name}.".startswith(f"{top}.")]
