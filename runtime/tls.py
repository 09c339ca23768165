"""Who we are to a broker, and whom we take for one: TLS from three files. Opens no connection."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from runtime.errors import SettingsError
from runtime.settings import Table

Port = Annotated[int, Field(ge=1, le=65_535)]


class Tls(Table):
    """The files of one client."""

    ca: Path  # the only authority it believes; no other of this machine counts
    certificate: Path
    key: Path | None = None  # in the certificate's file, where `hien kiosk enrol` puts it


class Broker(Table):
    """A broker; without `tls` only one on this machine."""

    host: str = "localhost"
    port: Port = 1883
    tls: Tls | None = None

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.tls is None and not _is_loopback(self.host):
            raise ValueError(
                f"[broker.tls] is missing: without ca and certificate, a broker at {self.host}"
                " would be told everything in the clear, and believe anybody"
            )
        return self


def client_context(tls: Tls) -> ssl.SSLContext:
    """What connections are opened with: TLS 1.3, one authority, our certificate.

    SettingsError names the file that is missing or wrong.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(tls.ca)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(f"[broker.tls] ca {tls.ca}: {_problem(error)}") from error
    load_certificate(context, tls)
    return context


def load_certificate(context: ssl.SSLContext, tls: Tls) -> None:
    """Be who the files say from the next handshake on; SettingsError names a wrong one."""
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:
        key = tls.certificate if tls.key is None else tls.key
        where = tls.certificate if not tls.certificate.exists() or key.exists() else key
        name = "certificate" if where == tls.certificate else "key"
        raise SettingsError(f"[broker.tls] {name} {where}: {_problem(error)}") from error


def _problem(error: OSError) -> str:
    if not isinstance(error, ssl.SSLError):
        return f"{error.strerror}; a kiosk gets its files by hien kiosk enrol"
    if error.reason == "KEY_VALUES_MISMATCH":
        return "and its key do not belong together"
    return "is not what it should be, in PEM"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
