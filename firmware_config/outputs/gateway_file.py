"""The gateway's gateway.toml, as gateway/settings.py reads it, and the tables it imports."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from firmware_config import places
from firmware_config.outputs.kiosk_file import HEADING
from firmware_config.places import Places
from firmware_config.plan import Plan
from firmware_config.toml_text import written


def gateway_file(plan: Plan, at: Places) -> str:
    """The whole file."""
    gateway = plan.gateway
    folder = at.secret(places.BROKER)
    own: dict[str, object] = {"folder": folder, "names": list(gateway.names)}
    if gateway.listen is not None:
        own["host"] = gateway.listen
    own |= {
        "port": gateway.port,
        "gateway_port": gateway.gateway_port,
        "enrol_port": gateway.enrol_port,
    }
    web: dict[str, object] = {"host": gateway.web_host, "port": gateway.web_port}
    if gateway.web_url is not None:
        web["url"] = gateway.web_url
    web["secret_file"] = at.secret(f"{places.SETTINGS}/web.secret")
    tables = {
        "database": gateway.database or f"sqlite:///{at(places.GATEWAY_DATA)}/hien.db",
        "broker": {
            "host": "localhost",
            "port": gateway.gateway_port,
            "tls": {
                "ca": f"{folder}/house-ca.pem",
                "certificate": f"{folder}/gateway.pem",
                "key": f"{folder}/gateway.key",
            },
        },
        "own_broker": own,
        "web": web,
        "seal": {"key_file": at.secret(f"{places.SETTINGS}/seal.key"), "key_id": 1},
    }
    return written(tables, HEADING)


def stores(plan: Plan) -> str:
    """stores.csv for hien gateway import."""
    store = plan.store
    return _csv(("store", "name", "store_no"), [(store.id, store.name, store.number)])


def kiosks(plan: Plan) -> str:
    """kiosks.csv for hien gateway import."""
    rows = [(one.id, plan.store.id, one.name) for one in plan.kiosks]
    return _csv(("kiosk", "store", "name"), rows)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    return text.getvalue()
