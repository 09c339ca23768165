from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from runtime.errors import UnavailableError
from tests.updates.bench_machine import KEYS, NEW, BenchMachine
from updates.core import release
from updates.core.release import MANIFEST, Release, ReleaseFile
from updates.sources import Published


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("source")
    BenchMachine(root).publish(NEW)
    return root / "shelf"


@pytest.fixture(scope="module")
def server(shelf: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=shelf)) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,), name="shelf")
        thread.start()
        yield f"http://127.0.0.1:{made.server_address[1]}/"
        made.shutdown()
        thread.join()


@pytest.fixture(params=["folder", "server"])
def source(request: pytest.FixtureRequest, shelf: Path, server: str) -> Published:
    return Published(str(shelf) if request.param == "folder" else server)


def test_a_release_is_fetched_and_what_else_is_there_goes(
    source: Published, tmp_path: Path
) -> None:
    offered = release.opened(KEYS, source.manifest())
    (tmp_path / "old-0.1-py3-none-any.whl").touch()

    source.fetch(offered, tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {file.name for file in offered.files}
    wheel = tmp_path / offered.wheel
    was = wheel.stat().st_mtime_ns
    source.fetch(offered, tmp_path)
    assert wheel.stat().st_mtime_ns == was


def with_file(offered: Release, **changes: object) -> Release:
    first, *rest = offered.files
    changed = msgspec.structs.replace(first, **changes)
    return msgspec.structs.replace(offered, files=(changed, *rest))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sha256": "1" * 64}, "is not the file that was signed"),
        ({"size_bytes": 3}, "longer than was signed|is not the file that was signed"),
        ({"name": "missing.txt"}, "No such file|says 404"),
    ],
)
def test_what_differs_from_the_manifest_is_not_kept(
    source: Published, tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    offered = with_file(release.opened(KEYS, source.manifest()), **changes)

    with pytest.raises(UnavailableError, match=says):
        source.fetch(offered, tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_wheels_for_other_machines_stay_where_they_are(source: Published, tmp_path: Path) -> None:
    offered = release.opened(KEYS, source.manifest())
    other = f"numpy-1-cp3{sys.version_info.minor}-cp3{sys.version_info.minor}-win_amd64.whl"
    foreign = ReleaseFile(other, 1, "0" * 64)

    source.fetch(msgspec.structs.replace(offered, files=(*offered.files, foreign)), tmp_path)

    assert not (tmp_path / other).exists()


def test_nothing_published_is_said_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=f"{tmp_path}/{MANIFEST}: No such file"):
        Published(str(tmp_path)).manifest()
