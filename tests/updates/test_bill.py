from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from cli.main import main
from runtime.errors import SettingsError
from tests.house import ROOT
from updates.bill import NAME, bill, licence, pinned
from web_ui.shared import vendor


def wheel(folder: Path, name: str, metadata: str) -> None:
    project, version = name.split("-")[:2]
    with zipfile.ZipFile(folder / name, "w") as packed:
        packed.writestr(f"{project}-{version}.dist-info/METADATA", metadata)
        packed.writestr(f"{project}/_vendor/x.dist-info/METADATA", "License: somebody else's")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    wheel(tmp_path, "hien-0.2.0-py3-none-any.whl", "")
    wheel(tmp_path, "paho_mqtt-2.1.0-py3-none-any.whl", "License: EPL-2.0 OR BSD-3-Clause\n")
    wheel(tmp_path, "numpy-2.3.0-cp311-cp311-x_aarch64.whl", "License-Expression: BSD-3-Clause\n")
    wheel(tmp_path, "numpy-2.3.0-cp313-cp313-x_aarch64.whl", "License-Expression: BSD-3-Clause\n")
    lock = "numpy==2.3.0 \\\n    --hash=sha256:00\npaho-mqtt==2.1.0 \\\n    --hash=sha256:11\n"
    (tmp_path / "requirements.txt").write_text(lock)
    return tmp_path


def test_a_release_says_what_is_in_it_and_under_which_licence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", "bill", str(folder)]) == 0
    first = (folder / NAME).read_bytes()
    assert main(["release", "bill", str(folder)]) == 0
    assert (folder / NAME).read_bytes() == first

    made = json.loads(first)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["component"]["purl"] == "pkg:pypi/hien@0.2.0"
    found = {one["purl"]: one for one in made["components"]}
    assert len(found) == len(made["components"]) == 2 + len(vendor.PACKAGES)
    said = {purl: one["licenses"][0]["license"]["name"] for purl, one in found.items()}
    assert said["pkg:pypi/paho-mqtt@2.1.0"] == "EPL-2.0 OR BSD-3-Clause"
    assert said["pkg:npm/%40tabler/icons@3.51.0"] == "MIT"
    assert len(found["pkg:pypi/numpy@2.3.0"]["hashes"]) == 2
    assert all(len(one["content"]) == 64 for part in found.values() for one in part["hashes"])
    assert capsys.readouterr().out.count(f"{NAME}: {len(found)} components\n") == 2


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ("hien-0.2.0-py3-none-any.whl", "holds no wheel of ours"),
        ("paho_mqtt-2.1.0-py3-none-any.whl", "holds no wheel of paho-mqtt 2.1.0"),
        ("requirements.txt", "No such file"),
    ],
)
def test_what_is_missing_is_named(folder: Path, gone: str, says: str) -> None:
    (folder / gone).unlink()

    with pytest.raises(SettingsError, match=says):
        bill(folder, [])


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("License-Expression: MIT\nLicense: no\n", "MIT"),
        ("Classifier: License :: OSI Approved :: BSD License\nLicense: no\n", "BSD License"),
        ("Classifier: Topic :: Home Automation\nLicense: Apache\n  2.0\n", "Apache"),
        ("Name: x\n", "not said"),
    ],
)
def test_a_licence_is_read_where_wheels_have_it(metadata: str, said: str) -> None:
    assert licence(metadata) == said


def test_every_pin_of_the_lock_is_seen_and_every_vendored_package_has_its_licence() -> None:
    text = (ROOT / "requirements" / "run.txt").read_text()

    assert len(pinned(text)) == text.count("==")
    assert vendor.LICENCES.keys() == vendor.PACKAGES.keys()
