"""The bill of materials of a release: every library and vendored file in it, as CycloneDX 1.6.

Source: cyclonedx.org/docs/1.6/json. Read from the release's own wheels, so it names what is there
and nothing else; it has no date and no serial number, so the same release has the same bill.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from hashlib import file_digest
from pathlib import Path

from runtime.errors import SettingsError
from updates.core.release import OURS

NAME = "hien-bill.cdx.json"
OURS_LICENCE = "Apache-2.0"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)
_WHEEL = re.compile(r"([^-]+)-([^-]+)-.+\.whl")

Component = dict[str, object]


@dataclass(frozen=True, slots=True)
class Vendored:
    """A package whose files lie in ours."""

    name: str  # as npm has it
    version: str
    sha256: str
    licence: str  # SPDX


def bill(folder: Path, vendored: Iterable[Vendored]) -> dict[str, object]:
    """The bill of a release's folder; SettingsError if a locked version is not in it."""
    ours = next((one[1] for path in folder.iterdir() if (one := OURS.fullmatch(path.name))), None)
    if ours is None:
        raise SettingsError(f"{folder}: holds no wheel of ours")
    try:
        pins = pinned((folder / "requirements.txt").read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from error
    wheels = _wheels(folder)
    if missing := [f"{name} {at}" for name, at in pins.items() if (name, at) not in wheels]:
        raise SettingsError(f"{folder}: holds no wheel of {', '.join(missing)}")
    libraries = [_library(name, at, wheels[name, at]) for name, at in sorted(pins.items())]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("hien", ours, f"pkg:pypi/hien@{ours}", OURS_LICENCE)},
        "components": [*libraries, *map(_asset, vendored)],
    }


def pinned(requirements: str) -> dict[str, str]:
    """Every locked package by its normalised name (packaging.python.org), with its version."""
    return {normal(name): version for name, version in _PIN.findall(requirements)}


def normal(name: str) -> str:
    """How PyPI compares names."""
    return re.sub("[-_.]+", "-", name).lower()


def licence(metadata: str) -> str:
    """What a wheel's METADATA says: the expression, else classifiers, else its words, else none."""
    said = HeaderParser().parsestr(metadata)
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [str(one) for one in said.get_all("Classifier", [])]
    names = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: ")]
    words = str(said.get("License", "")).strip().partition("\n")[0]
    return " and ".join(names) or words or "not said"


def _wheels(folder: Path) -> Mapping[tuple[str, str], list[Path]]:
    found: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        if named := _WHEEL.fullmatch(path.name):
            found.setdefault((normal(named[1]), named[2]), []).append(path)
    return found


def _library(name: str, version: str, wheels: list[Path]) -> Component:
    with zipfile.ZipFile(wheels[0]) as packed:
        (where,) = [
            one
            for one in packed.namelist()
            if one.endswith(".dist-info/METADATA") and one.count("/") == 1
        ]
        said = licence(packed.read(where).decode())
    found = _component(name, version, f"pkg:pypi/{name}@{version}", said)
    return found | {"hashes": [{"alg": "SHA-256", "content": _digest(one)} for one in wheels]}


def _asset(one: Vendored) -> Component:
    name = one.name.replace("@", "%40", 1)  # github.com/package-url/purl-spec
    found = _component(one.name, one.version, f"pkg:npm/{name}@{one.version}", one.licence)
    return found | {"hashes": [{"alg": "SHA-256", "content": one.sha256}]}


def _component(name: str, version: str, purl: str, said: str) -> Component:
    is_ours = purl.startswith("pkg:pypi/hien@")
    return {
        "type": "application" if is_ours else "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "licenses": [{"license": {"name": said}}],
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
