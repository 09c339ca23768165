"""`hien test`, on a tree of its own."""

from pathlib import Path

import pytest
from typer.main import get_command

from cli.test import app, check

CONFIGURATION = """\
[tool.mypy]
files = ["test_sum.py"]
[tool.pytest.ini_options]
addopts = ["-p", "no:xdist"]
"""


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the standard library after the first run, which takes seconds."""
    return tmp_path_factory.mktemp("types")


@pytest.fixture
def tree(tmp_path: Path, types: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose style, types and tests are all in order."""
    monkeypatch.setenv("MYPY_CACHE_DIR", str(types))
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION)
    (tmp_path / "test_sum.py").write_text("def test_sum() -> None:\n    assert 1 + 1 == 2\n")
    return tmp_path


def test_all_in_order(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check(tree, []) == 0
    assert "1 passed" in capfd.readouterr().out


def test_a_finding_fails_although_the_tests_pass(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tree / "test_sum.py").write_text("import os\n\n\ndef test() -> None: ...\n")

    assert check(tree, []) == 1

    said = capfd.readouterr().out
    assert "F401" in said
    assert "1 passed" in said


def test_all_findings_are_said_arguments_go_to_pytest_and_its_status_comes_first(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tree / "test_sum.py").write_text("import os\ndef test() -> int:   ...\n")
    no_tests_collected = 5

    assert check(tree, ["-k", "nothing"]) == no_tests_collected

    said = capfd.readouterr().out
    for finding in ("F401", "would be reformatted", "empty-body", "1 deselected"):
        assert finding in said


def test_options_that_are_not_ours_are_pytests() -> None:
    given = ["-k", "a or b", "-xq", "--lf", "tests/cli"]

    context = get_command(app).make_context("hien test", list(given))

    assert context.params["pytest_args"] == given
