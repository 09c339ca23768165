"""A library is replaced by changing one file, and the pure folders run without any."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import PACKAGES, ROOT, below, files, imports, module, tree

# library: the one folder in which one file may import it
ONE_FILE_OF = {
    "PIL": "kiosk.adapters",
    "apprise": "gateway.notify",
    "bleak": "kiosk.adapters",
    "dbus_fast": "kiosk.adapters",
    "fido2": "gateway.passkeys",
    "gpiozero": "kiosk.adapters",
    "paho": "runtime",
    "pyarrow": "gateway.exports",
    "picamera2": "kiosk.adapters",
    "pyzbar": "kiosk.adapters",
    "zxingcpp": "kiosk.adapters",
}
# library: every module that may import it
DOORS = {
    "flask": {
        "bench.bare_page",
        "bench.numbers",
        "bench.ui_board",
        "gateway.api",
        "simulator.components",
        "simulator.stage_page",
        "web_ui",
    },
    "sqlalchemy": {  # where it is at home, and where a session is passed
        *("bench.crowd", "bench.chain", "bench.numbers"),  # fill a database with millions
        "bench.intake",
        "bench.ui_board",  # a board of its own
        "gateway.answers",
        "gateway.api",  # where it is handed on to the gateway
        "gateway.appointments",
        "gateway.arrivals",
        "gateway.asker",
        "gateway.broker",
        "gateway.broker_alarms",
        "gateway.check_in",
        "gateway.connector_care",
        "gateway.delivery",
        "gateway.latecomers",
        "gateway.enrolment",
        "gateway.duty_watch",
        "gateway.fleet_watch",
        "gateway.home_assistant",
        "gateway.intake",
        "gateway.chores",
        "gateway.shard_links",
        "gateway.metrics",
        "gateway.own_orders",
        "gateway.petitions",
        "gateway.reception",
        "gateway.reconciling",
        "gateway.erasing",
        "gateway.privacy",
        "gateway.joining",
        "gateway.spoken_erasing",
        "gateway.privacy_codes",
        "gateway.privacy_desk",
        "gateway.redemptions",
        "gateway.journeying",
        "gateway.zoning",
        "gateway.keypads",
        "gateway.lending",
        "gateway.proving",
        "gateway.hindsight",
        "gateway.measuring",
        "gateway.screen_codes",
        "gateway.report_cli",
        "gateway.pushing",
        "gateway.sending",
        "gateway.service",
        "gateway.situations",
        "gateway.store",
        "simulator.faults",  # breaks the gateway's database on purpose
        "gateway.watching",
        "web_ui.console",
        "web_ui.desk",
        "web_ui.gateway_app",
        "web_ui.phone",
        "web_ui.report",
        "web_ui.shelf",
        "web_ui.staff",
    },
}
PURE = ("contract", "gateway.connectors", "gateway.core", "kiosk.core", "updates.core")
PURE_LIBRARIES = {
    "cryptography": ["contract", "updates.core"],
    "msgspec": PURE,
}  # values in, values out
# What a pure module would need to look at the world, or to be different the second time.
WORLD = {
    "asyncio",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "queue",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
WORLD_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "print", "input"}


def importers(library: str, root: Path = ROOT) -> list[str]:
    """The modules that import a library."""
    return [
        module(path, root)
        for path in files(root)
        if any(below(n, [library]) for n in imports(path))
    ]


def strangers(path: Path, root: Path = ROOT) -> set[str]:
    """The libraries that a file imports through a door that is not its own."""
    return {
        library
        for library, doors in DOORS.items()
        if any(below(name, [library]) for name in imports(path))
        and not below(module(path, root), doors)
    }


def impurities(path: Path, root: Path = ROOT) -> Iterator[str]:
    """What a pure file imports or calls although it is pure."""
    here = module(path, root)
    ours = {*PACKAGES, *(one for one, homes in PURE_LIBRARIES.items() if below(here, homes))}
    for name in imports(path):
        if below(name, ["urllib.parse"]):
            continue  # it takes texts apart and opens nothing
        top = name.partition(".")[0]
        foreign = top not in sys.stdlib_module_names and top not in ours
        if top in WORLD or foreign:
            yield top
    for node in ast.walk(tree(path)):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
                if called in WORLD_CALLS:
                    yield f"{called}()"


@pytest.mark.parametrize("library", ONE_FILE_OF)
def test_a_library_comes_in_through_one_file(library: str) -> None:
    doors = importers(library)

    assert len(doors) <= 1
    assert all(below(door, [ONE_FILE_OF[library]]) for door in doors)


def test_a_library_comes_in_through_its_doors() -> None:
    assert {module(path): found for path in files() if (found := strangers(path))} == {}


def test_the_core_is_pure() -> None:
    pure = [path for path in files() if below(module(path), PURE)]

    assert len(pure) > 150  # the list above still finds them
    assert {module(path): found for path in pure if (found := set(impurities(path)))} == {}


def plant(root: Path, file: str, text: str) -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_second_door_is_caught(tmp_path: Path) -> None:
    plant(tmp_path, "kiosk/adapters/radio_bleak.py", "from bleak import BleakScanner")
    plant(tmp_path, "kiosk/adapters/radio_bleak_too.py", "def f(): import bleak.exc")
    plant(tmp_path, "kiosk/adapters/bleakness.py", "import bleakness")

    doors = ["kiosk.adapters.radio_bleak", "kiosk.adapters.radio_bleak_too"]
    assert importers("bleak", tmp_path) == doors


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("web_ui/staff/alerts.py", set()),
        ("web_ui/shared/base.py", {"sqlalchemy"}),
        ("gateway/core/offers/rules.py", {"sqlalchemy", "flask"}),
        ("gateway/api/__init__.py", set()),
        ("gateway/seal.py", {"sqlalchemy", "flask"}),
    ],
)
def test_a_library_through_a_foreign_door_is_caught(
    tmp_path: Path, file: str, found: set[str]
) -> None:
    path = plant(tmp_path, file, "import flask\nfrom sqlalchemy.orm import Session")

    assert strangers(path, tmp_path) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import struct\nfrom msgspec import Struct\nfrom contract import events", set()),
        ("from time import monotonic", {"time"}),
        ("def f(): import numpy as np", {"numpy"}),
        ("from cryptography.hazmat.primitives import hashes", {"cryptography"}),
        ("from datetime import datetime\nat = datetime.now()", {"now()"}),
        ("def f(): return open('x')", {"open()"}),
        ("def f(now: float, today: object) -> float: return now", set()),
    ],
)
def test_an_impure_core_is_caught(tmp_path: Path, text: str, found: set[str]) -> None:
    assert set(impurities(plant(tmp_path, "kiosk/core/a.py", text), tmp_path)) == found
