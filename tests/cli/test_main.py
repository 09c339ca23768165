"""The command `hien`, with commands of a distribution that exists only here."""

import sys
from pathlib import Path

import pytest

from cli.main import main

ENTRY_POINTS = """\
[hien.commands]
greet = greeting:app
gone = gone_for_good.cli:app
"""
GREETING = '''\
"""Say hello to somebody.

More that help does not show.
"""
import typer
from runtime.errors import SettingsError, UnavailableError

app = typer.Typer()


@app.command()
def greet(name: str, times: int = 1) -> None:
    if name == "nobody":
        raise SettingsError("kiosk.toml [screen]: name is missing")
    if name == "offline":
        raise UnavailableError("no broker at localhost:1883")
    if name == "bug":
        raise ZeroDivisionError
    print(f"hello {name} " * times)
    raise typer.Exit(3 if times > 1 else 0)
'''


@pytest.fixture(autouse=True)
def greeting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with two commands, of which one cannot be imported."""
    info = tmp_path / "greeting-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: greeting\nVersion: 1\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (tmp_path / "greeting.py").write_text(GREETING)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "greeting", raising=False)


@pytest.mark.parametrize(
    ("argv", "status", "out", "err"),
    [
        (["greet", "Lan"], 0, "hello Lan", ""),
        (["greet", "Lan", "--times", "2"], 3, "hello Lan hello Lan", ""),
        (["greet"], 2, "", "Missing argument"),
        (["greet", "--help"], 0, "hien greet", ""),
        (["greet", "nobody"], 78, "", "hien: kiosk.toml [screen]: name is missing\n"),
        (["greet", "offline"], 69, "", "hien: no broker at localhost:1883\n"),
        (["gret"], 2, "", "hien: there is no command 'gret' (did you mean greet?)\n"),
        (["zzz"], 2, "", "hien: there is no command 'zzz' (hien --help lists them)\n"),
        (["--version"], 0, "hien 0.", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_line(
    argv: list[str], status: int, out: str, err: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == status

    said = capsys.readouterr()
    assert out in said.out
    assert err in said.err
    assert bool(said.err) == bool(err)


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        main(["greet", "bug"])


@pytest.mark.parametrize("argv", [[], ["-h"], ["--help"]])
def test_help_lists_the_commands_and_imports_none(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 0

    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert ["greet", "Say hello to somebody."] in lines
    assert ["gone", "(not installed)"] in lines
    assert "greeting" not in sys.modules
