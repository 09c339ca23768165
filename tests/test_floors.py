"""Imports point down, or stay on their floor; nothing points from kiosk to gateway or back."""

from pathlib import Path

import pytest

from tests.house import NEVER_OURS_TO_IMPORT, PACKAGES, ROOT, below, files, imports, module

OURS = (*PACKAGES, *NEVER_OURS_TO_IMPORT)
GROUND = {"contract", "runtime"}

# A module stands on the floor of its longest prefix; without a floor it may import nothing of ours.
MAY_IMPORT: dict[str, set[str]] = {
    # 0: what both ends speak, and what any process needs
    "contract": {"contract"},
    "runtime": {"runtime"},
    # 1: pure
    "kiosk.core": {"contract", "kiosk.core"},
    "gateway.core": {"contract", "gateway.core"},
    # when a shop is open, is said in one way
    "updates.core": {"contract", "kiosk.core.hours", "updates.core"},
    # 2: what the kiosk's core sees of hardware, network and time; what an operator may set
    "kiosk.ports": GROUND | {"kiosk.core"},
    "kiosk.eye.ports": GROUND,
    "kiosk.opening": GROUND | {"kiosk.core"},
    "kiosk.settings": GROUND | {"kiosk.core", "kiosk.opening"},
    "gateway.settings": GROUND | {"firmware_config", "gateway.core"},
    "gateway.seal": GROUND,
    "gateway.passkeys": {"gateway.core"},
    "gateway.door_orders": GROUND | {"gateway.seal", "gateway.settings"},
    "updates.settings": GROUND | {"kiosk.opening", "updates.core"},
    # 3: one outside thing each
    "updates": GROUND | {"updates"},
    "updates.release_cli": GROUND | {"updates", "web_ui.shared.vendor"},
    # how a certificate looks, firmware_config knows; who has one, is for others
    "kiosk.adapters.enrolment": GROUND | {"firmware_config", "kiosk.adapters"},
    "kiosk.adapters.enrolment_port": GROUND | {"firmware_config"},
    "kiosk.adapters.petition": GROUND | {"firmware_config", "kiosk.adapters"},
    "kiosk.adapters.certificate_care": GROUND | {"firmware_config", "kiosk.adapters.enrolment"},
    "kiosk.adapters": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.eye.ports", "kiosk.adapters"},
    "kiosk.receivers": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.receivers"},
    "kiosk.eye": GROUND | {"kiosk.core", "kiosk.adapters", "kiosk.eye"},
    "kiosk.door": GROUND | {"kiosk.core", "kiosk.timekeeper", "kiosk.opening", "kiosk.door"},
    "gateway.store": GROUND | {"gateway.core", "gateway.store"},
    "gateway.connectors": GROUND | {"gateway.core", "gateway.connectors"},
    "gateway.notify": GROUND | {"gateway.core", "gateway.notify"},
    "gateway.exports": set(),
    # its floor file is no port: it has no other face than its own
    "kiosk.timekeeper": GROUND | {"kiosk.core", "kiosk.adapters.clock_floor"},
    # 4: the main paths, and what people see
    "kiosk.app": GROUND
    | {"kiosk.core", "kiosk.ports", "kiosk.reporter", "kiosk.health"}
    | {"kiosk.parts", "kiosk.doorkeeping", "kiosk.phone_codes", "kiosk.tending"},
    "kiosk.doorkeeping": GROUND | {"kiosk.core", "kiosk.ports"},
    "kiosk.tending": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.adapters.pin_check"},
    "kiosk.parts": GROUND
    | {"kiosk.core", "kiosk.ports", "kiosk.reporter", "kiosk.lending", "kiosk.obeying"}
    | {"kiosk.closing", "kiosk.tending", "kiosk.shelf"},
    "kiosk.phone_codes": GROUND | {"kiosk.core"},
    "kiosk.shelf": GROUND | {"kiosk.core", "kiosk.ports"},
    "kiosk.closing": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.adapters.closed_file"},
    "kiosk.obeying": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.health", "kiosk.closing"},
    # a file is not a port either
    "kiosk.lending": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.adapters.purse_file"},
    # a database is not a port, so the outbox has no other face than its own
    "kiosk.reporter": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.adapters.outbox"},
    "kiosk.health": GROUND | {"kiosk.core", "kiosk.ports"},
    "gateway.intake": GROUND | {"gateway.core", "gateway.store", "gateway.service"},
    "gateway.service": GROUND
    | {"gateway.core", "gateway.store", "gateway.delivery", "gateway.answers"}
    | {"gateway.lending", "gateway.latecomers", "gateway.following", "gateway.pass_judging"},
    "gateway.following": GROUND | {"gateway.core", "gateway.store"},
    "gateway.latecomers": GROUND | {"gateway.core", "gateway.store"},
    "gateway.proving": GROUND | {"gateway.core", "gateway.store"},
    "gateway.messenger": GROUND | {"gateway.core", "gateway.notify"},
    "gateway.privacy_codes": GROUND
    | {"gateway.core", "gateway.store", "gateway.notify", "gateway.messenger"}
    | {"gateway.settings"},
    "gateway.keypads": GROUND
    | {"gateway.core", "gateway.store", "gateway.notify", "gateway.intake", "gateway.messenger"}
    | {"gateway.proving", "gateway.settings"},
    "gateway.lending": GROUND | {"gateway.core", "gateway.store", "gateway.situations"},
    "gateway.broker": GROUND
    | {"firmware_config", "gateway.settings", "gateway.store", "gateway.mosquitto_process"}
    | {"gateway.broker_alarms", "gateway.enrolment", "gateway.enrolment_server"}
    | {"gateway.petitions", "gateway.seal", "web_ui.shared.metrics_port"},
    "gateway.broker_alarms": GROUND | {"firmware_config", "gateway.core", "gateway.store"},
    "gateway.mosquitto_process": GROUND | {"firmware_config"},
    "gateway.enrolment": GROUND | {"firmware_config", "gateway.store"},
    "gateway.petitions": GROUND | {"firmware_config", "gateway.enrolment", "gateway.store"},
    "gateway.enrolment_server": GROUND,
    "gateway.delivery": GROUND | {"gateway.store"},
    "gateway.answers": GROUND
    | {"gateway.core", "gateway.store", "gateway.situations", "gateway.check_in"}
    | {"gateway.choosing", "gateway.pass_judging", "gateway.own_orders"},
    "gateway.choosing": GROUND | {"gateway.core", "gateway.store"},
    "gateway.pass_judging": GROUND | {"gateway.core", "gateway.store"},
    "gateway.check_in": GROUND
    | {"gateway.core", "gateway.store", "gateway.situations", "gateway.appointments"},
    "gateway.redemptions": GROUND | {"gateway.core", "gateway.store", "gateway.situations"},
    "gateway.appointments": GROUND | {"gateway.core", "gateway.store", "gateway.situations"},
    "gateway.situations": GROUND | {"gateway.core", "gateway.store"},
    "gateway.own_orders": GROUND | {"gateway.core", "gateway.store"},
    "gateway.arrivals": GROUND | {"gateway.core", "gateway.store", "gateway.answers"},
    "gateway.screen_codes": GROUND | {"gateway.core", "gateway.store"},
    "gateway.privacy": GROUND | {"gateway.core", "gateway.store", "gateway.screen_codes"},
    "gateway.privacy_desk": GROUND
    | {"gateway.core", "gateway.store", "gateway.privacy", "gateway.privacy_codes"},
    "gateway.joining": GROUND | {"gateway.core", "gateway.store", "gateway.privacy_codes"},
    "gateway.spoken_erasing": GROUND
    | {"gateway.core", "gateway.store", "gateway.privacy", "gateway.privacy_codes"}
    | {"gateway.privacy_desk"},
    "gateway.owners_setup": GROUND | {"gateway.core", "gateway.settings"},
    "gateway.erasing": GROUND | {"gateway.core", "gateway.store"},
    "gateway.erasing_cli": GROUND | {"gateway"},
    "gateway.incidents_cli": GROUND | {"gateway"},
    # the secrets of connectors, and what they tell
    "gateway.connections": GROUND | {"gateway.core", "gateway.connectors", "gateway.settings"},
    "gateway.reception": GROUND
    | {"gateway.core", "gateway.store", "gateway.connectors", "gateway.connections"},
    "gateway.asker": GROUND | {"gateway.core", "gateway.store"},
    "gateway.sending": GROUND | {"gateway.core", "gateway.store", "gateway.connections"},
    "gateway.pushing": GROUND
    | {"gateway.core", "gateway.store", "gateway.notify", "gateway.sending", "gateway.settings"},
    "gateway.connector_care": GROUND
    | {"gateway.core", "gateway.store", "gateway.connections"}
    | {"gateway.reception", "gateway.reconciling"},
    "gateway.connector_cli": GROUND | {"gateway"},
    "gateway.notice_cli": GROUND | {"gateway"},
    "gateway.home_assistant": GROUND | {"gateway.core", "gateway.store"},
    "gateway.home_assistant_cli": GROUND | {"firmware_config", "gateway.core", "gateway.settings"},
    "gateway.hearing": GROUND | {"web_ui.console.pictures", "web_ui.shared.hub"},
    "gateway.metrics": GROUND | {"gateway.core", "gateway.store"},
    "kiosk.metrics": GROUND,
    "gateway.fleet_watch": GROUND
    | {"gateway.core", "gateway.store", "gateway.notify", "gateway.watching"},
    "gateway.duty_watch": GROUND
    | {"gateway.core", "gateway.store", "gateway.notify", "gateway.watching"},
    "gateway.retention_cli": GROUND | {"gateway"},
    "gateway.watching": GROUND | {"gateway.core", "gateway.store", "gateway.notify"},
    "gateway.reconciling": GROUND
    | {"gateway.core", "gateway.store", "gateway.connectors", "gateway.connections"}
    | {"gateway.reception"},
    "gateway.api": GROUND
    | {"gateway.core", "gateway.store", "gateway.service", "gateway.arrivals"}
    | {"gateway.screen_codes", "gateway.redemptions", "gateway.appointments", "gateway.api"},
    "gateway.api.webhooks": GROUND
    | {"gateway.core", "gateway.connectors.vendor", "gateway.connections", "gateway.reception"},
    "web_ui.shared": {"runtime", "web_ui.shared"},
    "web_ui.shared.device_words": GROUND | {"web_ui.shared"},
    "web_ui.screen": GROUND | {"kiosk.core", "web_ui.shared", "web_ui.screen"},
    "web_ui.desk": GROUND
    | {"gateway.core", "gateway.store", "gateway.passkeys", "web_ui.shared", "web_ui.desk"},
    "web_ui.staff": GROUND
    | {"gateway.core", "gateway.store", "gateway.redemptions", "gateway.appointments"}
    | {"gateway.situations"}
    | {"web_ui.shared", "web_ui.desk", "web_ui.staff"},
    "web_ui.console": GROUND
    | {"gateway.core", "gateway.store", "gateway.hindsight", "gateway.privacy"}
    | {"gateway.privacy_codes", "gateway.privacy_desk", "gateway.spoken_erasing"}
    | {"web_ui.shared", "web_ui.desk", "web_ui.console"},
    "web_ui.report": GROUND
    | {"gateway.core", "gateway.store"}
    | {"web_ui.shared", "web_ui.desk.measured", "web_ui.report"},
    "web_ui.phone": GROUND
    | {"gateway.core", "gateway.store", "gateway.screen_codes", "gateway.privacy"}
    | {"gateway.privacy_desk", "gateway.privacy_codes", "gateway.joining"}
    | {"web_ui.shared", "web_ui.phone"},
    "web_ui.shelf": GROUND
    | {"gateway.core", "gateway.store", "web_ui.shared", "web_ui.phone.pages", "web_ui.shelf"},
    # 5: the wiring
    "kiosk.main": GROUND | {"kiosk", "web_ui.screen", "web_ui.shared"},
    "kiosk.cli": GROUND | {"kiosk"},
    "kiosk.doctor": GROUND | {"kiosk.spare"},
    "kiosk.spare": GROUND | {"kiosk.settings", "kiosk.adapters"},
    "kiosk.newcomer": GROUND | {"kiosk", "web_ui.screen", "web_ui.shared"},
    "kiosk.calibrating": GROUND | {"kiosk"},
    "kiosk.beacon_cli": GROUND | {"kiosk"},
    "kiosk.pass_cli": GROUND | {"kiosk"},
    "kiosk.presence_cli": GROUND | {"kiosk"},
    "kiosk.listen_cli": GROUND | {"kiosk"},
    "kiosk.listening": GROUND | {"kiosk.core", "kiosk.ports", "kiosk.settings", "kiosk.adapters"},
    # read by a command only, never by a kiosk that runs
    "kiosk.recordings": GROUND | {"kiosk.core"},
    "kiosk.trust_documents": GROUND | {"kiosk.core"},
    "kiosk.scan_cli": GROUND | {"kiosk"},
    "kiosk.door.main": GROUND | {"kiosk.core", "kiosk.timekeeper", "kiosk.adapters", "kiosk.door"},
    "gateway.shard_links": GROUND
    | {"gateway.core", "gateway.store", "gateway.lending", "gateway.seal", "gateway.settings"},
    "gateway.voice": GROUND | {"gateway.door_orders", "gateway.settings"},
    "gateway.chores": GROUND | {"gateway"},
    "gateway.main": GROUND
    | {
        "gateway",
        "web_ui.console.means",
        "web_ui.console.pictures",
        "web_ui.desk.passkey_site",
        "web_ui.gateway_app",
        "web_ui.shared",
        "web_ui.phone.pages",
        "web_ui.shelf.pages",
        "web_ui.staff.pay_to",
        "web_ui.staff.push",
    },
    "web_ui.gateway_app": GROUND
    | {"gateway.store"}
    | {f"web_ui.{part}" for part in ("console", "desk", "phone", "shared", "shelf", "staff")},
    "gateway.hindsight": GROUND | {"gateway.core", "gateway.store", "gateway.situations"},
    "gateway.offers_cli": GROUND | {"gateway"},
    "gateway.doctor": GROUND
    | {"firmware_config", "gateway.seal", "gateway.settings", "gateway.store"},
    "gateway.cli": GROUND | {"firmware_config", "gateway"},
    "gateway.measuring": GROUND | {"gateway.core", "gateway.store"},
    "gateway.export_cli": GROUND | {"gateway"},
    "gateway.report_cli": GROUND | {"gateway", "web_ui.report"},
    "gateway.measure_cli": GROUND | {"gateway"},
    "gateway.journeying": GROUND | {"gateway.core", "gateway.store"},
    "gateway.zoning": GROUND | {"gateway.store"},
    "gateway.catalogue_cli": GROUND | {"gateway.settings", "gateway.store"},
    "gateway.shelf_labels_cli": GROUND
    | {"gateway.settings", "gateway.store", "web_ui.report.pdf", "web_ui.shelf.labels"},
    "gateway.link_cli": GROUND | {"gateway.core"},
    "gateway.check_cli": GROUND | {"gateway.settings", "gateway.store"},
    "gateway.api_keys_cli": GROUND | {"gateway.core", "gateway.settings", "gateway.store"},
    "gateway.people_cli": GROUND | {"gateway"},
    "cli": {"runtime.errors", "runtime.finding", "cli"},
    # beside the house: they look in, nobody looks out to them
    "firmware_config": GROUND | {"firmware_config"},
    "bench": GROUND | {"bench", "gateway", "kiosk", "simulator", "web_ui"},
    "simulator": GROUND
    | {"firmware_config", "kiosk.core", "kiosk.ports", "kiosk.eye.ports"}
    | {"simulator", "web_ui.shared"},
    "simulator.faults": GROUND | {"firmware_config", "gateway", "kiosk", "simulator"},
}


def upward(path: Path, root: Path = ROOT) -> set[str]:
    """What a file imports of ours although its floor does not allow it."""
    floor = max(below(module(path, root), MAY_IMPORT), key=len, default="")
    ours = {name for name in imports(path) if name.startswith(".") or below(name, OURS)}
    return {name for name in ours if not below(name, MAY_IMPORT.get(floor, set()))}


def test_imports_point_down() -> None:
    assert {module(path): found for path in files() if (found := upward(path))} == {}


@pytest.mark.parametrize(
    ("file", "line", "found"),
    [
        pytest.param("kiosk/core/presence.py", "import runtime.clock", "runtime.clock", id="up"),
        pytest.param("kiosk/app.py", "import gateway.core", "gateway.core", id="sideways"),
        pytest.param(
            "gateway/service.py", "from kiosk import app", "kiosk.app", id="from a package"
        ),
        pytest.param("runtime/log.py", "def f(): import contract", "contract", id="in a function"),
        pytest.param("cli/main.py", "from runtime import clock", "runtime.clock", id="only a part"),
        pytest.param(
            "kiosk/attic.py", "import contract", "contract", id="a module without a floor"
        ),
        pytest.param("kiosk/core/a.py", "from . import b", "..b", id="relative"),
        pytest.param(
            "kiosk/app.py", "from tests.fakes import x", "tests.fakes.x", id="from the tests"
        ),
        pytest.param("contract/a.py", "import contract_extra, kiosk", "kiosk", id="a longer name"),
    ],
)
def test_a_wrong_import_is_caught(tmp_path: Path, file: str, line: str, found: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(f"{line}\nimport struct\n")

    assert upward(path, tmp_path) == {found}
