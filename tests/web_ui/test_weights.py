"""What each interface makes a browser fetch, by files alone: scripts as they travel, and all of it.

Every file that a page names is counted, also a font or a picture that no browser would ask for.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.web_ui.office import Office
from web_ui.screen.app import create_app
from web_ui.screen.feed import Feed

KB = 1024
# page: KB of scripts, packed; KB of everything
BUDGETS = {
    "kiosk": (20, 250),
    "/staff/": (45, 300),
    "/console/": (60, 300),
    "/console/numbers/": (60, 300),
    "/console/offers/": (60, 300),
    "/phone/": (20, 120),
}
NAMED = re.compile(r'(?:src|href)="([^"#]+)')
LINKED = re.compile(r"<(?:script|link|img|use|image)\b[^>]*>")
IMPORTED = re.compile(r'\bimport\b[^;"]*"([^"]+)"')
DRAWN = re.compile(r"url\(\"?([^\")]+)\"?\)")


def fetched(client: FlaskClient, page: str) -> dict[str, bytes]:
    """The page and all that it, its styles and its scripts name, by path."""
    found: dict[str, bytes] = {}
    waiting = [page]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        with client.get(path) as answer:
            assert answer.status_code == 200, path
            found[path] = answer.get_data()
        waiting += [urlsplit(urljoin(path, one)).path for one in _names(path, found[path])]
    return found


def _names(path: str, body: bytes) -> Iterator[str]:
    match PurePosixPath(path).suffix:
        case ".css":
            named = DRAWN.findall(body.decode())
        case ".js":
            named = IMPORTED.findall(body.decode())
        case "":
            named = [one for tag in LINKED.findall(body.decode()) for one in NAMED.findall(tag)]
        case _:
            named = []
    yield from (one for one in named if not one.startswith("data:"))


def weighed(files: dict[str, bytes]) -> tuple[float, float]:
    """KB of scripts, packed, and KB of all."""
    scripts = [body for path, body in files.items() if path.endswith(".js")]
    packed = sum(len(gzip.compress(body)) for body in scripts)
    return packed / KB, sum(map(len, files.values())) / KB


@pytest.mark.parametrize("page", BUDGETS)
def test_a_page_is_light(office: Office, page: str) -> None:
    if page == "kiosk":
        app = create_app(Feed(), lambda _happened: None, "An Nhiên", "Quầy 1")
        files = fetched(app.test_client(), "/")
    else:
        files = fetched(office.at("lan").client, page)
    scripts_kb, all_kb = weighed(files)
    scripts_most_kb, most_kb = BUDGETS[page]

    assert any(path.endswith(".js") for path in files)
    assert any(path.endswith(".woff2") for path in files)
    assert scripts_kb <= scripts_most_kb, f"{scripts_kb:.1f} KB of scripts"
    assert all_kb <= most_kb, f"{all_kb:.0f} KB"


def test_what_a_script_imports_is_counted_too(office: Office) -> None:
    files = fetched(office.at("lan").client, "/staff/")

    assert {"/static/live.js", "/staff/files/notices.js", "/static/vendor/htmx.min.js"} <= set(
        files
    )
