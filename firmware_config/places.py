"""Where things lie on a shop's devices; the units of systemd/ name the same places. Opens none."""

from __future__ import annotations

from dataclasses import dataclass

SETTINGS = "/etc/hien"
KIOSK_DATA, DOOR_DATA, GATEWAY_DATA = "/var/lib/hien-kiosk", "/var/lib/hien-door", "/var/lib/hien"
TRUST = "/var/lib/hien-trust"  # a kiosk puts papers there, a door reads them
DOOR_RUN = "/run/hien-door"
EYE_SOCKET = "/run/hien-eye.sock"
GLIMPSE_SOCKET = "/run/hien-glimpse.sock"
BROKER = f"{GATEWAY_DATA}/broker"
BOARDS = "/etc/hien-boards"
KIOSK_USER, GATEWAY_USER = "hien-kiosk", "hien-gateway"


@dataclass(frozen=True, slots=True)
class Places:
    """Before every path: nothing on a real device, its own folder where a shop is tried out."""

    root: str = ""
    secrets: str = ""  # of what is kept apart
    kiosk_user: str | int = KIOSK_USER  # who may ask a door
    gateway_user: str = GATEWAY_USER  # whom a mosquitto becomes that root starts

    def __call__(self, path: str) -> str:
        """Where a thing lies."""
        return f"{self.root}{path}"

    def secret(self, path: str) -> str:
        """Where a secret lies."""
        return f"{self.secrets}{path}"


ON_THE_DEVICE = Places()
