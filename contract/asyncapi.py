"""The contract as an AsyncAPI 3.0 document, generated so that it can never disagree with it."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from msgspec.json import schema_components

from contract.asks import Ask
from contract.commands import Command
from contract.door_trust import Keyring, Revocations
from contract.events import BODIES, VERSION, Envelope
from contract.leases import Allowance
from contract.looks import Look
from contract.messages import Denial, KioskState, Live, Receipt, Show, Trust
from contract.pictures import Picture
from contract.products import Catalogue
from contract.topics import ROOT, Leaf

KIOSK_CHANNELS: dict[Leaf, tuple[type, str]] = {
    Leaf.UP: (Envelope, "Events of one kiosk, in order, at least once."),
    Leaf.STATE: (KioskState, "Retained; also the last will, with online false."),
    Leaf.RECEIPT: (Receipt, "Everything up to here is committed; the kiosk may forget it."),
    Leaf.SHOW: (Show, "What one session at the screen may show."),
    Leaf.SETTINGS: (Allowance, "Retained, sealed; what one kiosk may give out by itself."),
    Leaf.ASK: (Ask, "A telephone number or a code that somebody types; kept nowhere."),
    Leaf.PICTURE: (Picture, "A small picture of a screen on which nobody is served; ordered."),
    Leaf.COMMAND: (Command, "Sealed (contract/sealed.py): one order, short-lived, for one use."),
}
STORE_CHANNELS: dict[str, tuple[type, str]] = {
    "trust": (Trust, "Retained, sealed; whom the kiosks of a store may recognise."),
    "denial": (Denial, "Retained, sealed; who of them may be recognised no more."),
    "keyring": (Keyring, "Retained, sealed; whom the doors of a store may let in."),
    "revocations": (Revocations, "Retained, sealed; who of them may enter no more."),
    "look": (Look, "Retained, sealed; how the screens of a store look."),
    "catalogue": (Catalogue, "Retained, sealed; what a store sells, for how much."),
    "live": (Live, "Gateway to web: something changed, re-read it."),
}
COMPONENT = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The whole document; serialise it as JSON."""
    bodies = sorted(BODIES.values(), key=lambda body: body.__name__)
    types = [kind for kind, _ in (*KIOSK_CHANNELS.values(), *STORE_CHANNELS.values())]
    _, schemas = schema_components([*types, *bodies], ref_template=COMPONENT)
    schemas["Envelope"]["properties"]["body"] = {
        "oneOf": [{"$ref": COMPONENT.format(name=body.__name__)} for body in bodies],
        "description": "The kind says which one.",
    }
    for schema in schemas.values():
        if "description" in schema:  # a docstring, which Python indents up to 3.12
            schema["description"] = cleandoc(schema["description"])
    channels: dict[str, dict[str, Any]] = {}
    for leaf, (kind, description) in KIOSK_CHANNELS.items():
        channels[leaf] = _channel(f"{{kiosk}}/{leaf}", kind, description)
    for name, (kind, description) in STORE_CHANNELS.items():
        channels[name] = _channel(name, kind, description)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Hiên: what kiosk and gateway say to each other",
            "version": f"{VERSION}.0.0",
            "license": {"name": "Apache-2.0"},
            "description": "JSON over MQTT, QoS 1 (show, receipt, ask 0). The golden files decide.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "components": {"schemas": schemas},
    }


def _channel(leaf: str, kind: type, description: str) -> dict[str, Any]:
    names = ["shard", "store", *(["kiosk"] if "{kiosk}" in leaf else [])]
    return {
        "address": f"{ROOT}/{{shard}}/{{store}}/{leaf}",
        "description": description,
        "parameters": {name: {} for name in names},
        "messages": {kind.__name__: {"payload": {"$ref": COMPONENT.format(name=kind.__name__)}}},
    }
