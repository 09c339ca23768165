"""With a Python that only writes down what it is told; a real one builds in docs/installed.md."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from runtime.errors import UnavailableError
from tests.updates.core.test_release import made
from updates.building import VenvBuilder

PYTHON = """\
#!/bin/sh
echo "$0 $*" >>{log}
case "$*" in
*"-m venv"*)
    for into; do :; done
    mkdir -p "$into/bin"
    cp "$0" "$into/bin/python"
    printf '#!/bin/sh\\necho hien {version}\\n' >"$into/bin/hien"
    chmod +x "$into/bin/hien" ;;
*{fails}*) echo "Looking"; echo "ERROR: {fails} went wrong" >&2; exit 1 ;;
esac
"""


def builder(folder: Path, version: str = "0.2.0", fails: str = "nothing") -> VenvBuilder:
    python = folder / "python3"
    text = PYTHON.format(log=shlex.quote(str(folder / "log")), version=version, fails=fails)
    python.write_text(text)
    python.chmod(0o755)
    return VenvBuilder(python, folder / "like")


def test_it_is_built_without_a_network_from_files_with_known_hashes(tmp_path: Path) -> None:
    (tmp_path / "like").mkdir()
    (tmp_path / "like" / "pyvenv.cfg").write_text("include-system-site-packages = true\n")
    left_over = tmp_path / "b" / "bin" / "torn"
    left_over.parent.mkdir(parents=True)
    left_over.touch()

    builder(tmp_path).build(made(), tmp_path / "coming", tmp_path / "b")

    venv, needed, ours = (tmp_path / "log").read_text().splitlines()
    assert venv == f"{tmp_path}/python3 -m venv --system-site-packages {tmp_path}/b"
    assert "--no-index" in needed
    assert "--no-index" in ours
    assert f"--require-hashes -r {tmp_path}/coming/requirements.txt" in needed
    assert ours.endswith(f"{tmp_path}/coming/hien-0.2.0-py3-none-any.whl")
    assert not left_over.exists()


def test_what_pip_could_not_do_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="failed: ERROR: --find-links went wrong"):
        builder(tmp_path, fails="--find-links").build(made(), tmp_path, tmp_path / "b")


def test_a_command_that_says_another_version_is_not_what_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"'hien 0\.1\.9', not hien 0\.2\.0"):
        builder(tmp_path, version="0.1.9").build(made(), tmp_path, tmp_path / "b")
