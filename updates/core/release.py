"""A release: which files it consists of, and for whom; believed only under a key that is known.

Reads and signs bytes. Why a machine does not take a release it believes, says `refusal`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.errors import ContractError
from contract.sealed import Purpose, seal, unseal
from updates.core import versions
from updates.core.versions import Version

MANIFEST = "hien-release.sealed"
REQUIREMENTS = "requirements.txt"  # every wheel it needs, with its hash: pip checks them once more
MANIFEST_MAX_BYTES = 1 << 20  # some 200 wheels at 160 bytes are 32 kB
FILE_MAX_BYTES = 200 << 20  # OpenCV, the largest, has 50 MB
OURS = re.compile(f"hien-({versions.PATTERN})-py3-none-any[.]whl")

_WHEEL = re.compile(r"[^-]+-[^-]+(?:-[0-9][^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl")

VersionText = Annotated[str, msgspec.Meta(pattern=f"^{versions.PATTERN}$")]
# No separator, and no dot in front: it is a name in a folder and never a path.
FileName = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$")]


# As a kiosk's certificate and user name have it.
DeviceName = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}@[a-z0-9-]{1,32}$")]


class ReleaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file beside the manifest."""

    name: FileName
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=FILE_MAX_BYTES)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the manifest says. `minimum` is the oldest version that may become this one directly."""

    version: VersionText
    minimum: VersionText
    files: tuple[ReleaseFile, ...]
    canaries: tuple[DeviceName, ...] = ()  # kiosk@store: they take it before anybody else
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0  # of all others

    @property
    def number(self) -> Version:
        """Its version."""
        return versions.read(self.version)

    @property
    def wheel(self) -> str:
        """Our own wheel."""
        return f"hien-{self.version}-py3-none-any.whl"


def sealed(release: Release, key: Ed25519PrivateKey, key_id: int) -> bytes:
    """The manifest as it is published."""
    payload = msgspec.json.format(msgspec.json.encode(release), indent=1)
    return seal(key, key_id, Purpose.RELEASE, payload)


def opened(keys: Mapping[int, bytes], data: bytes) -> Release:
    """The release, if one of these keys signed it; else ContractError."""
    payload = unseal(keys, Purpose.RELEASE, data)
    try:
        release = msgspec.json.decode(payload, type=Release)
    except msgspec.ValidationError as error:
        raise ContractError("release", str(error)) from error
    except msgspec.DecodeError as error:
        raise ContractError("release", f"is not JSON ({error})") from error
    names = [file.name for file in release.files]
    if missing := {release.wheel, REQUIREMENTS} - {*names}:
        raise ContractError("release", f"names no {', '.join(sorted(missing))}")
    if len({*names}) != len(names):
        raise ContractError("release", "names a file twice")
    return release


def fits(name: str, python: tuple[int, int], machine: str) -> bool:
    """Whether a file is for a machine: `aarch64` with Python (3, 13). Only wheels are for some.

    Source: packaging.python.org, platform compatibility tags. glibc is not looked at: pip does.
    """
    found = _WHEEL.fullmatch(name)
    if found is None:
        return True
    pythons, abis, platforms = (group.split(".") for group in found.groups())
    here = f"cp{python[0]}{python[1]}"
    is_stable = "abi3" in abis and any(
        tag.startswith("cp3") and tag[3:].isdigit() and int(tag[3:]) <= python[1] for tag in pythons
    )
    is_for_python = here in pythons or "py3" in pythons or is_stable
    return is_for_python and any(
        tag == "any" or (tag.endswith(f"_{machine}") and "musllinux" not in tag)
        for tag in platforms
    )


def refusal(release: Release, running: Version, highest: Version) -> str | None:
    """Why a believed release is not for this machine; None if it is.

    `highest` is the newest version that ever worked here: whoever holds back updates, or plays an
    old one again, must not bring back what was mended since.
    """
    offered, minimum = release.number, versions.read(release.minimum)
    if offered <= running:
        return f"{offered} is older than {running}, which runs here"
    if offered <= highest:
        return f"{offered} is not newer than {highest}, which has been here before"
    if running < minimum:
        return f"{offered} needs at least {minimum}, and {running} runs here: install that first"
    return None
