"""A real phone joins the demo: a one-time link, made by the product's own command."""

from __future__ import annotations

import subprocess

from msgspec import DecodeError, Struct, json

from runtime.errors import UnavailableError
from simulator.premises import GATEWAY, Premises
from simulator.processes import hien

MADE_WITHIN_S = 30.0  # a Python that starts and writes one row


class _Made(Struct):
    link: str


def new_link(premises: Premises, member: str) -> str:
    """Where a browser makes itself a member's card; UnavailableError if that cannot be made."""
    command = hien("gateway", "enrol-phone", member, "--json")
    settings = ("--settings", str(premises.settings(GATEWAY)))
    try:
        done = subprocess.run(
            [*command, *settings], capture_output=True, check=True, timeout=MADE_WITHIN_S
        )
        return json.decode(done.stdout, type=_Made).link
    except (subprocess.SubprocessError, DecodeError) as error:
        raise UnavailableError(f"no link for a phone could be made: {error}") from error
