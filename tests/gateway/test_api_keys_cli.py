"""`hien gateway api-key`: what the owner types to let another system in, and out again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.core.api_keys import Scope, read
from gateway.store import api_keys
from runtime.errors import SettingsError
from tests.gateway.shop import Shop
from tests.gateway.test_cli import run


@pytest.fixture(autouse=True)
def settings(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(f'database = "{shop.url}"\n')


def test_a_key_is_printed_once_listed_by_its_prefix_and_ended(shop: Shop, tmp_path: Path) -> None:
    text = run(tmp_path, "api-key", "new", "web-shop", "profiles:read", "vouchers:read").strip()

    key = read(text)
    assert key is not None
    with shop.read() as db:
        row = api_keys.good(db, key)
    assert row is not None
    assert (row.connector, row.allowed) == (
        "web-shop",
        frozenset({Scope.PROFILES_READ, Scope.VOUCHERS_READ}),
    )
    (line,) = run(tmp_path, "api-key", "list", "--json").splitlines()
    assert key.secret not in line
    assert (json.loads(line)["prefix"], json.loads(line)["ended_at_ms"]) == (key.prefix, None)
    assert key.prefix in run(tmp_path, "api-key", "list")

    run(tmp_path, "api-key", "end", key.prefix)

    with shop.read() as db:
        assert api_keys.good(db, key) is None
    with pytest.raises(SettingsError, match="no key"):
        run(tmp_path, "api-key", "end", key.prefix)


def test_the_key_itself_is_nowhere_in_the_database(shop: Shop, tmp_path: Path) -> None:
    made = json.loads(run(tmp_path, "api-key", "new", "crm", "profiles:read", "--json"))
    shop.engine.dispose()

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("hien.db*"))
    assert made["prefix"].encode() in kept
    assert made["key"].split("_")[2].encode() not in kept


@pytest.mark.parametrize(
    ("words", "named"),
    [(("web-shop", "everything"), "everything"), (("Web Shop", "profiles:read"), "Web Shop")],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, words: tuple[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        run(tmp_path, "api-key", "new", *words)
