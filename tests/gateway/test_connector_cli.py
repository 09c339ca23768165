"""What an owner types to connect a web shop: `hien gateway connector`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway import cli
from gateway.connections import connections
from gateway.core.standard_webhooks import key_of
from gateway.settings import GatewaySettings
from runtime.errors import SettingsError
from runtime.settings import load
from tests.gateway.porch import Web
from tests.gateway.shop import Shop


def run(folder: Path, *arguments: str) -> str:
    return answer(folder, *arguments).stdout


def answer(folder: Path, *arguments: str, typed: str | None = None) -> Result:
    settings = ["--settings", str(folder / "gateway.toml")]
    given = ["connector", *arguments, *settings]
    done = CliRunner().invoke(
        cli.app, given, input=typed, catch_exceptions=False, standalone_mode=False
    )
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def shop(shop: Shop, tmp_path: Path) -> Shop:
    text = f'database = "{shop.url}"\n[web]\nurl = "https://hien.example.vn"\n'
    (tmp_path / "gateway.toml").write_text(text)
    return shop


def test_a_connector_is_made_listed_and_its_deliveries_shown(shop: Shop, tmp_path: Path) -> None:
    made = answer(tmp_path, "new", "payos", "payos", typed="the bank's secret\n")
    assert "https://hien.example.vn/v1/webhooks/payos" in made.stderr
    assert "bank's secret" not in made.output
    file = tmp_path / "payos.secret"
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("the bank's secret\n", 0o600)
    toml = made.stdout[made.stdout.index("[connectors.payos]") :]
    settings = tmp_path / "gateway.toml"
    settings.write_text(settings.read_text() + toml)

    Web(shop).payos(1, 5_000, "FT1")
    [seen] = [json.loads(line) for line in run(tmp_path, "list").splitlines()]
    assert (seen["connector"], seen["kind"], seen["failures"]) == ("payos", "payos", {})
    assert seen["last_delivery_ms"]
    assert seen["troubles"] == ["not_asked"]
    [row] = [json.loads(line) for line in run(tmp_path, "deliveries", "payos").splitlines()]
    assert (row["topic"], row["state"], row["reason"]) == ("payment", "waiting", None)
    with pytest.raises(SettingsError, match="is there already"):
        run(tmp_path, "new", "payos", "payos")
    with pytest.raises(SettingsError, match=r"no \[connectors.other\]"):
        run(tmp_path, "deliveries", "other")


def test_a_secret_of_ours_is_made_and_never_written_over(shop: Shop, tmp_path: Path) -> None:
    run(tmp_path, "new", "crm", "standard")
    key = key_of((tmp_path / "crm.secret").read_text().strip())
    assert key is not None
    assert len(key) == 32
    with pytest.raises(SettingsError, match="is there already, and stays"):
        run(tmp_path, "new", "crm", "woocommerce")
    with pytest.raises(SettingsError, match="1 to 32"):
        run(tmp_path, "new", "CRM.vn", "standard")


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (None, "hien gateway connector new"),
        ("", "one secret a line"),
        ("a\nb\nc\n", "one secret a line"),
        ("whsec_?", "whsec_ and base64"),
    ],
)
def test_a_secret_that_is_wrong_is_named_and_never_shown(
    shop: Shop, tmp_path: Path, content: str | None, mistake: str
) -> None:
    file = tmp_path / "crm.secret"
    if content is not None:
        file.write_text(content)
    settings = tmp_path / "gateway.toml"
    table = f'[connectors.crm]\nkind = "standard"\nsecret_file = "{file}"\n'
    settings.write_text(settings.read_text() + table)

    with pytest.raises(SettingsError, match=mistake) as caught:
        connections(load(GatewaySettings, settings).connectors)
    assert "[connectors.crm] secret_file" in str(caught.value)
    assert "?" not in str(caught.value)
