"""What a shop's mosquitto is told: its configuration and who may say and hear what, as text.

Written for Debian 12's 2.0.11. Whoever is not named may nothing; nothing here is a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract import topics
from contract.topics import KioskAddress, Leaf

GATEWAY = "gateway"  # no kiosk's user name: those have an @
KIOSKS_SAY = (Leaf.UP, Leaf.STATE, Leaf.ASK, Leaf.PICTURE)
KIOSKS_HEAR = (Leaf.RECEIPT, Leaf.SHOW, Leaf.COMMAND, Leaf.SETTINGS)
STORES_HEAR = (
    *(topics.trust, topics.denial, topics.keyring, topics.revocations),
    *(topics.look, topics.catalogue),
)

# Home Assistant (gateway/core/home_assistant.py): it hears what we show it, and has one button.
HOME_ASSISTANTS = ("homeassistant", "hien-ha/1")
_HOME_ASSISTANT = (
    "user home-assistant",
    *(f"topic read {topic}/#" for topic in HOME_ASSISTANTS),
    "topic write homeassistant/status",
    "topic write hien-ha/1/+/+/identify",
)

CONFIGURATION = "mosquitto.conf"
ACCESS = "access.acl"
KIOSKS_AUTHORITY, HOUSE_AUTHORITY = "kiosks-ca.pem", "house-ca.pem"
REVOKED = "kiosks.crl"
SERVER, SERVER_KEY = "server.pem", "server.key"
DATA = "data"

# A trust of 30,000 members has 8 MB. What is larger is dropped and said in the log, whoever sent
# it: mosquitto 2.0 has one limit for all listeners, and an event's 4 kB are the intake's to check.
MESSAGE_MAX_BYTES = 8 << 20
PACKET_MAX_BYTES = 33 << 20  # beyond any trust: nobody makes the broker hold more than this
# A kiosk has 100 events under way (kiosk/core/delivery.py); more is a mistake or an attack.
IN_FLIGHT = 200
# For the gateway while it restarts: a minute of a chain's 1,000 events a second, at 500 bytes.
# Beyond it mosquitto drops in silence, and the outboxes send again.
QUEUED, QUEUED_BYTES = 100_000, 256 << 20
CONNECTIONS = 500  # kiosks of a large shop, ten times over; a flood of handshakes ends here
GATEWAY_CONNECTIONS = 100  # 64 shards, web, orders, the broker's own process
# mosquitto 2.0.11 forgets a listener's limits when it reads its files again (tried; max_qos and
# max_topic_alias too, so they are not asked for). This one of the process stands: both, and files.
OPEN_FILES_MAX = CONNECTIONS + GATEWAY_CONNECTIONS + 50
KEEPALIVE_MAX_S = 120  # ours is 30; a silent session is noticed within three minutes
SAVED_EVERY_S = 30  # the retained words of kiosks; events are safe in their outboxes

_CONFIGURATION = """\
# Written by hien; changes here are lost. docs/broker.md says why each line is here.
per_listener_settings false
allow_anonymous false
acl_file {folder}/{access}
{run_as}
# What a default mosquitto loses or drops in silence.
persistence true
persistence_location {folder}/{data}/
autosave_interval {saved_every_s}
max_queued_messages {queued}
max_queued_bytes {queued_bytes}
max_inflight_messages {in_flight}
message_size_limit {message_max_bytes}
max_packet_size {packet_max_bytes}
max_keepalive {keepalive_max_s}
retain_available true
allow_zero_length_clientid false
set_tcp_nodelay true
sys_interval 10

# Refusals are said only among debug messages; `hien gateway broker` reads them from a pipe.
log_dest stderr
log_timestamp false
log_type error
log_type warning
log_type notice
log_type information
{log_refusals}
# Kiosks: who they are is what their certificate says, and so is the name of their session.
listener {port}{host}
cafile {folder}/{kiosks_authority}
crlfile {folder}/{revoked}
certfile {folder}/{server}
keyfile {folder}/{server_key}
tls_version tlsv1.3
require_certificate true
use_identity_as_username true
use_username_as_clientid true
max_connections {connections}

# The gateway: another authority, so that no kiosk gets in here and takes over its sessions.
listener {gateway_port} {gateway_host}
cafile {folder}/{house_authority}
certfile {folder}/{server}
keyfile {folder}/{server_key}
tls_version tlsv1.3
require_certificate true
use_identity_as_username true
max_connections {gateway_connections}
"""


@dataclass(frozen=True, slots=True)
class BrokerPlan:
    """Where a broker listens and keeps its files."""

    folder: str  # absolute; mosquitto does not know where its configuration lies
    port: int = 8883  # for kiosks
    gateway_port: int = 8884
    host: str | None = None  # where kiosks come in; None: on every network of the machine
    gateway_host: str = "127.0.0.1"
    message_max_bytes: int = MESSAGE_MAX_BYTES
    user: str | None = None  # whom mosquitto becomes if root starts it
    home_assistant: bool = False  # it may come in at the kiosks' door
    is_watched: bool = True  # somebody reads its log, and wants to know what it refuses


def configuration(plan: BrokerPlan) -> str:
    """mosquitto.conf."""
    return _CONFIGURATION.format(
        folder=plan.folder,
        port=plan.port,
        host=f" {plan.host}" if plan.host is not None else "",
        gateway_port=plan.gateway_port,
        gateway_host=plan.gateway_host,
        run_as=f"user {plan.user}\n" if plan.user is not None else "",
        log_refusals="log_type debug\n" if plan.is_watched else "",
        access=ACCESS,
        data=DATA,
        kiosks_authority=KIOSKS_AUTHORITY,
        house_authority=HOUSE_AUTHORITY,
        revoked=REVOKED,
        server=SERVER,
        server_key=SERVER_KEY,
        saved_every_s=SAVED_EVERY_S,
        queued=QUEUED,
        queued_bytes=QUEUED_BYTES,
        in_flight=IN_FLIGHT,
        message_max_bytes=plan.message_max_bytes,
        packet_max_bytes=PACKET_MAX_BYTES,
        keepalive_max_s=KEEPALIVE_MAX_S,
        connections=CONNECTIONS,
        gateway_connections=GATEWAY_CONNECTIONS,
    )


def access(kiosks: Iterable[KioskAddress], *, home_assistant: bool = False) -> str:
    """The access file: the gateway, and each kiosk by name.

    By name and not by pattern: a pattern cannot cut the store out of a user name, and who is
    struck from this file loses every right at once, also in a session that is open.
    """
    people = [f"user {GATEWAY}", f"topic readwrite {topics.ROOT}/#", "topic read $SYS/#"]
    if home_assistant:
        people += [f"topic readwrite {topic}/#" for topic in HOME_ASSISTANTS]
        people += ["", *_HOME_ASSISTANT]
    for kiosk in sorted(kiosks, key=lambda kiosk: kiosk.user):
        people += ["", *_rights(kiosk)]
    return "\n".join(people) + "\n"


def may_say(kiosk: KioskAddress) -> list[str]:
    """Every topic a kiosk may publish on."""
    return [kiosk.topic(leaf) for leaf in KIOSKS_SAY]


def may_hear(kiosk: KioskAddress) -> list[str]:
    """Every topic a kiosk is delivered."""
    own = [kiosk.topic(leaf) for leaf in KIOSKS_HEAR]
    return own + [topic(kiosk.store) for topic in STORES_HEAR]


def _rights(kiosk: KioskAddress) -> Sequence[str]:
    return (
        f"user {kiosk.user}",
        *(f"topic write {topic}" for topic in may_say(kiosk)),
        *(f"topic read {topic}" for topic in may_hear(kiosk)),
    )
