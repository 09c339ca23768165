"""`hien gateway retain`: by the table in the owner's settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contract.events import Arrived
from gateway import cli
from gateway.core.retention import RULES, Kept
from runtime.errors import SettingsError
from tests.gateway.shop import NGOC, Outbox, Shop


def run(folder: Path, shop: Shop, written: str, *arguments: str) -> str:
    settings = folder / "gateway.toml"
    settings.write_text(f'database = "{shop.url}"\n[retention]\n{written}\n')
    words = ["retain", "--settings", str(settings), *arguments]
    done = CliRunner().invoke(cli.app, words, catch_exceptions=False, standalone_mode=False)
    return done.stdout


def test_the_owners_table_decides_and_a_dry_run_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.member()
    shop.handle(Outbox().says(Arrived(f"t-{NGOC}", "quay-1", -60)))
    forgotten = {kept: RULES[kept].days for kept in Kept}

    def gone(written: str, *arguments: str) -> dict[str, int]:
        lines = run(tmp_path, shop, written, "--json", *arguments).splitlines()
        said = [json.loads(line) for line in lines]
        assert {one["kept"]: one["days"] for one in said}.keys() == forgotten.keys()
        return {one["kept"]: one["forgotten"] for one in said if one["forgotten"]}

    assert gone('sightings = "forever"\nvisits = "forever"') == {}
    assert gone("", "--dry-run") == {"sightings": 1}
    assert gone("sightings = 36500") == {}
    assert "sightings" in run(tmp_path, shop, "")
    assert gone("", "--dry-run") == {}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("sightings = 0", "retention.sightings"),
        ("sigthings = 1", "retention.sigthings"),
        ("messages = 29", "retention.messages must be 30 days or more"),
    ],
)
def test_a_table_that_cannot_be_kept_is_refused(
    shop: Shop, tmp_path: Path, written: str, problem: str
) -> None:
    with pytest.raises(SettingsError, match=problem):
        run(tmp_path, shop, written)
