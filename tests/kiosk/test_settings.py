"""What an operator may set, what follows from it, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.presence import PresenceRules, Receiver
from kiosk.settings import KioskSettings
from runtime import settings
from runtime.errors import SettingsError
from tests.kiosk.starting import GOOD

PIR = '[switches.motion]\ndriver = "gpiozero"\noptions = { pin = 5, on_when = "open" }\n'
SOON = "dim_after_s = 60\n"  # in [screen], with which GOOD ends
BOARD = '[[receivers]]\nkind = "espresense"\nid = "tra"\nzone = "ke-tra"\noffset_db = -3.5\n'


def loaded(folder: Path, *tables: str) -> KioskSettings:
    path = folder / "kiosk.toml"
    head = GOOD.format(folder=folder, broker=1883, screen=8080)
    path.write_text("\n".join([head, *tables]))
    return settings.load(KioskSettings, path)


def test_each_receiver_has_its_zone_and_offset_beside_the_kiosks_own(tmp_path: Path) -> None:
    own = "[presence]\npower_at_1m_dbm = -59\nreceiver_offset_db = 2.0\n"
    gate = '[[receivers]]\nkind = "minew"\nid = "AC233FC0BC43"\nzone = "cua"\n'

    rules = loaded(tmp_path, own, BOARD, gate).presence_rules()

    assert rules == PresenceRules(
        power_at_1m_dbm=-59,
        receivers={
            "quay-1": Receiver("quay-1", 2.0),
            "espresense:tra": Receiver("ke-tra", -3.5),
            "minew:AC233FC0BC43": Receiver("cua", 0.0),
        },
    )
    assert rules.enter_dbm == PresenceRules(power_at_1m_dbm=-59).enter_dbm


def test_a_kiosk_without_receivers_has_its_own_radio(tmp_path: Path) -> None:
    assert set(loaded(tmp_path).presence_rules().receivers) == {"quay-1"}


REFUSED = [
    pytest.param(BOARD.replace("espresense", "espresence"), "espresense", id="unknown product"),
    pytest.param(BOARD.replace('"tra"', '"+"'), "id", id="an id that is a wildcard"),
    pytest.param(BOARD.replace('"tra"', '"a/#"'), "id", id="an id that ends in one"),
    pytest.param(BOARD.replace('"tra"', '"$SYS"'), "id", id="the broker's own topics"),
    pytest.param(BOARD.replace("ke-tra", "Kệ trà"), "zone", id="a zone nobody can name in events"),
    pytest.param(BOARD.replace("-3.5", "-35"), "offset_db", id="a broken antenna"),
    pytest.param(BOARD + BOARD, "espresense:tra is there twice", id="one board twice"),
]


@pytest.mark.parametrize(("table", "words"), REFUSED)
def test_a_mistake_is_named(tmp_path: Path, table: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        loaded(tmp_path, table)


@pytest.mark.parametrize(
    ("more", "dim_after_s"),
    [
        pytest.param("", None, id="nothing wakes it"),
        pytest.param(SOON, None, id="nothing wakes it, whatever is set"),
        pytest.param(PIR, 300.0, id="a sensor"),
        pytest.param(SOON + PIR, 60.0, id="a sensor, and sooner"),
    ],
)
def test_a_screen_dims_only_where_a_sensor_wakes_it(
    tmp_path: Path, more: str, dim_after_s: float | None
) -> None:
    assert loaded(tmp_path, more).screen_rules().dim_after_s == dim_after_s


def test_there_may_be_four_scanners_and_no_fifth(tmp_path: Path) -> None:
    one = '[[scanners]]\ndriver = "serial"\noptions = { device = "/dev/ttyACM0" }\n'

    assert len(loaded(tmp_path, one * 4).scanners) == 4
    with pytest.raises(SettingsError, match="scanners"):
        loaded(tmp_path, one * 5)
