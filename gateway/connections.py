"""The connectors of the settings with their secrets, ready for use. Opens no connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.connectors.vendor import Keys, Vendor
from gateway.connectors.vendors import VENDORS
from gateway.core.changes import ConnectorKind
from gateway.core.connector_health import Identity
from gateway.core.standard_webhooks import key_of
from gateway.settings import Connector, Outgoing
from runtime.errors import SettingsError

SECRETS_MAX = 2  # one, and the next while the vendor still signs with the old one


@dataclass(frozen=True, slots=True)
class Connection:
    """One connector."""

    name: str
    kind: ConnectorKind
    keys: Keys
    url: str | None = None  # where it is asked for what it did not tell
    token: str = field(default="", repr=False)
    allow_private: bool = False
    matches_phones: bool = True

    @property
    def vendor(self) -> Vendor:
        """Who understands it."""
        return VENDORS[self.kind]

    @property
    def identity(self) -> Identity:
        """As it is known to those who only look."""
        return Identity(self.name, self.kind, self.is_asked)

    @property
    def is_asked(self) -> bool:
        """Whether it is asked for what it did not tell, and so its silence is noticed."""
        return self.url is not None and bool(self.vendor.polls)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Somebody who is told what happens here."""

    name: str
    url: str
    key: bytes = field(repr=False)
    settings: Outgoing


def connections(settings: Mapping[str, Connector]) -> dict[str, Connection]:
    """The connectors by name; SettingsError says which file is missing or wrong."""
    return {name: _connection(name, one) for name, one in settings.items()}


def _connection(name: str, said: Connector) -> Connection:
    table = f"[connectors.{name}]"
    secrets = lines(said.secret_file, f"{table} secret_file")
    if said.kind is ConnectorKind.STANDARD and not all(map(key_of, secrets)):
        raise SettingsError(f"{table} secret_file {said.secret_file}: is not whsec_ and base64")
    token = ""
    if said.token_file is not None:
        token = lines(said.token_file, f"{table} token_file")[0]
    return Connection(
        name,
        said.kind,
        Keys(secrets, said.shop),
        None if said.url is None else said.url.rstrip("/"),
        token,
        said.allow_private,
        said.matches_phones,
    )


def endpoints(settings: Mapping[str, Outgoing]) -> list[Endpoint]:
    """Who is told; SettingsError says which file is missing or wrong."""
    return [_endpoint(name, one) for name, one in settings.items()]


def _endpoint(name: str, said: Outgoing) -> Endpoint:
    [secret, *_] = lines(said.secret_file, f"[outgoing.{name}] secret_file")
    key = key_of(secret)
    if key is None:
        where = f"[outgoing.{name}] secret_file {said.secret_file}"
        raise SettingsError(f"{where}: is not whsec_ and base64")
    return Endpoint(name, said.url, key, said)


def lines(path: Path, what: str) -> tuple[str, ...]:
    """The secrets in a file, one a line; SettingsError names the file and never what is in it."""
    try:
        found = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        detail = f"{reason}; hien gateway connector new writes one"
        raise SettingsError(f"{what} {path}: {detail}") from error
    secrets = tuple(line.strip() for line in found if line.strip())
    if not 1 <= len(secrets) <= SECRETS_MAX:
        raise SettingsError(f"{what} {path}: must have one secret a line, {SECRETS_MAX} at most")
    return secrets
