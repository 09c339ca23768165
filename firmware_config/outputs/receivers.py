"""What to tell another maker's receiver, as its maker wants to be told: messages, or its file.

Sources: github.com/ESPresense/ESPresense, src/BleFingerprintCollection.cpp, `Command`;
github.com/1technophile/OpenMQTTGateway, main/ZgatewayBT.ino, `BTConfig_fromJson`;
github.com/theengs/gateway, TheengsGateway/config.py; shelly-api-docs.shelly.cloud, Mqtt.
"""

from __future__ import annotations

import json

from firmware_config.plan import Boards, Receiver
from firmware_config.shop_keys import user_of

# Presence wants three samples while somebody stands for two seconds (docs/presence.md).
EVERY_MS = 1_000
FARTHEST_M = 16.0  # ESPresense's own; who is farther is nobody's customer yet
MESSAGES, SETTINGS, WORDS = "messages.jsonl", "theengsgw.conf", "settings.txt"


def settings(one: Receiver, boards: Boards) -> tuple[str, str]:
    """The name of a file and what is in it; the password is kept apart.

    `messages.jsonl` has one message a line: {"topic": …, "payload": …, "retain": …}.
    """
    match one.kind:
        case "espresense":
            return MESSAGES, _lines(*_espresense(one))
        case "openmqttgateway":
            return MESSAGES, _lines(_openmqttgateway(one))
        case "theengs":
            return SETTINGS, json.dumps(_theengs(one, boards), indent=2) + "\n"
        case "shelly":
            return MESSAGES, _lines(_shelly(one, boards))
    return WORDS, _minew(one, boards)


def rights(one: Receiver) -> list[str]:
    """What it may say and hear at its broker, as lines of mosquitto's access file."""
    match one.kind:
        case "espresense":
            return [
                f"topic write espresense/devices/+/{one.id}",
                f"topic write espresense/rooms/{one.id}/#",
                f"topic read espresense/rooms/{one.id}/+/set",
                "topic read espresense/settings/#",
            ]
        case "shelly":
            return [f"topic readwrite {one.id}/#"]
        case "minew":
            return [f"topic write /gw/{one.id}/#"]
    return [f"topic write {one.id}/#", f"topic read {one.id}/commands/#"]


def heard(one: Receiver) -> str:
    """Where kiosks listen to it, as they subscribe (kiosk/receivers)."""
    match one.kind:
        case "espresense":
            return f"espresense/devices/+/{one.id}"
        case "shelly":
            return f"{one.id}/events/rpc"
        case "minew":
            return f"/gw/{one.id}/status"
    return f"{one.id}/BTtoMQTT/+"


def _espresense(one: Receiver) -> list[dict[str, object]]:
    values = {
        "skip_ms": EVERY_MS,  # 5 s otherwise
        "skip_distance": 0,  # standing still is what a shop wants to hear of
        "max_distance": FARTHEST_M,
        "include": "iBeacon: altBeacon: eddy: irk:",  # no neighbour's headphones
    }
    return [
        {"topic": f"espresense/rooms/{one.id}/{name}/set", "payload": str(value), "retain": False}
        for name, value in values.items()
    ]


def _openmqttgateway(one: Receiver) -> dict[str, object]:
    told = {
        "bleconnect": False,  # never connects to a tag
        "interval": EVERY_MS,
        "onlysensors": False,
        "hasspresence": False,  # its own idea of presence, of every phone in the street
        "pubadvdata": True,  # else no Eddystone
        "save": True,
    }
    topic = f"{one.id}/commands/MQTTtoBT/config"
    return {"topic": topic, "payload": json.dumps(told), "retain": False}


def _theengs(one: Receiver, boards: Boards) -> dict[str, object]:
    return {
        "host": boards.host,
        "port": boards.port,
        "user": user_of(one),
        "ble_scan_time": 60,
        "ble_time_between_scans": 0,
        "publish_topic": f"{one.id}/BTtoMQTT",
        "lwt_topic": f"{one.id}/LWT",
        "presence": 0,
        "publish_all": 1,
        "publish_advdata": 1,  # else no Eddystone
        "discovery": 0,
        "hass_discovery": 0,
        "scanning_mode": "active",
    }


def _shelly(one: Receiver, boards: Boards) -> dict[str, object]:
    config = {
        "enable": True,
        "server": f"{boards.host}:{boards.port}",
        "user": user_of(one),
        "topic_prefix": one.id,
        "rpc_ntf": True,
        "status_ntf": False,
    }
    told = {"id": 1, "src": "hien", "method": "Mqtt.SetConfig", "params": {"config": config}}
    return {"topic": f"{one.id}/rpc", "payload": json.dumps(told), "retain": False}


def _minew(one: Receiver, boards: Boards) -> str:
    return (
        "In the gateway's own page:\n"
        f"MQTT server    {boards.host}, port {boards.port}, user {user_of(one)}\n"
        f"publish topic  /gw/{one.id}/status\n"
        "format         JSON, raw data, every 1 s\n"
    )


def _lines(*messages: dict[str, object]) -> str:
    return "".join(json.dumps(message, ensure_ascii=False) + "\n" for message in messages)
