"""How picamera2's methods may be called, read from its source: it can be imported on a Pi only."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from inspect import Parameter, Signature
from pathlib import Path

METHODS = (
    "__init__",
    "create_video_configuration",
    "configure",
    "start",
    "capture_arrays",
    "close",
)


def installed() -> Path | None:
    """The source of the installed picamera2, if there is one; imports nothing of it."""
    found = find_spec("picamera2")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).with_name("picamera2.py")


def recorded(source: str) -> dict[str, list[str]]:
    """The methods we call; `name=` for a parameter with a default, `*name` beyond which by name."""
    (camera,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == "Picamera2"
    )
    return {
        node.name: _parameters(node.args)
        for node in camera.body
        if isinstance(node, ast.FunctionDef) and node.name in METHODS
    }


def _parameters(arguments: ast.arguments) -> list[str]:
    names = [argument.arg for argument in arguments.args]
    first = len(names) - len(arguments.defaults)
    said = [name + ("=" if n >= first else "") for n, name in enumerate(names)]
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        said.append(f"*{argument.arg}" + ("=" if default is not None else ""))
    return said


def signature(parameters: list[str]) -> Signature:
    """To bind a call to, as Python would."""
    return Signature(
        [
            Parameter(
                name.strip("*="),
                Parameter.KEYWORD_ONLY if name.startswith("*") else Parameter.POSITIONAL_OR_KEYWORD,
                default=None if name.endswith("=") else Parameter.empty,
            )
            for name in parameters
        ]
    )
