"""A settings file with mistakes gets one sentence for each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field

from runtime.errors import SettingsError
from runtime.settings import Driver, Settings, Table, load


class Radio(Table):
    enter_dbm: int = -66
    dwell_s: float = 2.0


class Example(Settings):
    store: str = Field(pattern="^[a-z]+$")
    radio: Radio = Radio()
    clock: Driver = Driver(driver="system")
    spare: Driver | None = None


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, 'store = "hue"\n[clock]\ndriver = "x"\noptions = { port = 7 }\n')

    settings = load(Example, path)

    assert (settings.store, settings.clock.options, settings.radio.dwell_s) == (
        "hue",
        {"port": 7},
        2.0,
    )


def test_all_mistakes_are_named_at_once_with_table_key_and_nearest_key(tmp_path: Path) -> None:
    path = written(tmp_path, '[radio]\nenter_dmb = 3\ndwell_s = "3s"\n[clock]\n')

    with pytest.raises(SettingsError) as caught:
        load(Example, path)

    sentence = str(caught.value)
    assert "kiosk.toml: store is missing" in sentence
    assert "kiosk.toml [radio]: enter_dmb is not a setting (did you mean enter_dbm?)" in sentence
    assert "kiosk.toml [radio]: dwell_s should be a valid number" in sentence
    assert "not '3s'" in sentence
    assert "kiosk.toml [clock]: driver is missing" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"store = ", "is not TOML", id="cut off"),
        pytest.param(b"\xff\xfe", "is not TOML", id="not text"),
        pytest.param(None, "cannot be read", id="not there"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "kiosk.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError, match=says) as caught:
        load(Example, path)

    assert str(path) in str(caught.value)


def test_the_environment_overrides_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIEN_RADIO__ENTER_DBM", "-70")
    path = written(tmp_path, 'store = "hue"\n[radio]\nenter_dbm = -60\n')

    assert load(Example, path).radio.enter_dbm == -70


def test_a_driver_from_the_environment_leaves_the_files_options_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, 'store = "hue"\n[clock]\ndriver = "x"\noptions = { port = 7 }\n')
    monkeypatch.setenv("HIEN_CLOCK__OPTIONS", '{"host": "y"}')
    assert load(Example, path).clock.options == {"port": 7, "host": "y"}

    monkeypatch.setenv("HIEN_CLOCK__DRIVER", "z")

    assert load(Example, path).clock == Driver(driver="z", options={"host": "y"})


def test_null_in_the_environment_takes_a_table_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, 'store = "hue"\n[spare]\ndriver = "x"\n')
    assert load(Example, path).spare == Driver(driver="x")

    monkeypatch.setenv("HIEN_SPARE", "null")

    assert load(Example, path).spare is None
