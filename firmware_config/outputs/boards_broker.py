"""The second mosquitto, for other makers' receivers: passwords, and each only its own topics.

Kiosks come without a name, listen and say nothing. Whoever gets into this network hears tags and
can pretend to: it decides no door and tells no secret.
"""

from __future__ import annotations

from collections.abc import Sequence

from firmware_config import places
from firmware_config.outputs import receivers
from firmware_config.places import Places
from firmware_config.plan import Boards, Receiver
from firmware_config.shop_keys import ShopKeys, user_of

ACCESS, CONFIGURATION, PASSWORDS = "access.acl", "mosquitto.conf", "passwords"
MESSAGE_MAX_BYTES = 65_536  # what kiosks read of one (kiosk/receivers/translation.py)
CONNECTIONS = 200  # 64 receivers and 64 kiosks, and some that come back

_CONFIGURATION = """\
# Written by hien plan build; change the plan and build again.
per_listener_settings false
allow_anonymous true
password_file {passwords}
acl_file {access}
persistence false
message_size_limit {message_max_bytes}
log_dest stderr
log_timestamp false
user {user}
listener {port} {host}
max_connections {connections}
"""


def configuration(boards: Boards, at: Places) -> str:
    """mosquitto.conf."""
    return _CONFIGURATION.format(
        passwords=at.secret(f"{places.BOARDS}/{PASSWORDS}"),
        access=at(f"{places.BOARDS}/{ACCESS}"),
        message_max_bytes=MESSAGE_MAX_BYTES,
        port=boards.port,
        host=boards.host,
        user=at.gateway_user,
        connections=CONNECTIONS,
    )


def access(heard: Sequence[Receiver]) -> str:
    """The access file; what stands first is for those without a name."""
    lines = [f"topic read {receivers.heard(one)}" for one in heard]
    for one in heard:
        lines += ["", f"user {user_of(one)}", *receivers.rights(one)]
    return "\n".join(lines) + "\n"


def passwords(heard: Sequence[Receiver], keys: ShopKeys) -> str:
    """The password file."""
    return "".join(f"{keys.password_line(user_of(one))}\n" for one in heard)
