"""Web shops and a bank before the gateway's own application, on a real database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from gateway import reception
from gateway.api import webhooks
from gateway.api.webhooks import Porch
from gateway.connections import Connection
from gateway.connectors.vendor import Keys
from gateway.core.changes import ConnectorKind
from gateway.store.orders import OrderRow
from gateway.store.outside import OutsideRow
from gateway.store.profiles import ProfileRow
from tests.gateway.connectors.golden import FILES
from tests.gateway.shop import NOON_MS, Shop

MINUTE_MS = 60_000


class Web:
    """The vendors' side: what they send, and what became of it here."""

    def __init__(self, shop: Shop, **more: Any) -> None:
        self.shop = shop
        self.now_ms = NOON_MS
        self.woken = 0
        self.numbers = count(1)
        self.connections = {
            kind.value: Connection(
                kind.value, kind, Keys(tuple(FILES[kind]["secrets"]), FILES[kind]["shop"]), **more
            )
            for kind in ConnectorKind
        }
        self.porch = Porch(shop.readers, lambda: self.now_ms, self.connections, self._woken)
        app = Flask(__name__)
        webhooks.install(app, self.porch)
        self.client: FlaskClient = app.test_client()

    def _woken(self) -> None:
        self.woken += 1

    def post(self, connector: str, headers: dict[str, str], body: str) -> tuple[int, str]:
        answer = self.client.post(f"/v1/webhooks/{connector}", headers=headers, data=body.encode())
        assert answer.json is not None
        assert answer.json["accepted"] is (answer.json["reason"] == "accepted")
        return answer.status_code, answer.json["reason"]

    def send(self, kind: ConnectorKind, vector: dict[str, Any]) -> tuple[int, str]:
        """A vector of a golden file, at the time it was signed."""
        self.now_ms = max(vector.get("at_s", 0) * 1000, 1) if "at_s" in vector else NOON_MS
        return self.post(kind, vector["headers"], vector["body"])

    def shopify(self, topic: str, body: dict[str, Any]) -> tuple[int, str]:
        """A delivery of our own making, signed as Shopify does."""
        raw = json.dumps(body)
        digest = hmac.digest(b"hush", raw.encode(), hashlib.sha256)
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": str(FILES[ConnectorKind.SHOPIFY]["shop"]),
            "X-Shopify-Event-Id": f"event-{next(self.numbers)}",
            "X-Shopify-Hmac-SHA256": base64.b64encode(digest).decode(),
        }
        return self.post("shopify", headers, raw)

    def payos(self, order: int, amount: int, reference: str) -> tuple[int, str]:
        """A payment of our own making, signed as payOS does."""
        data = {
            "orderCode": order,
            "amount": amount,
            "reference": reference,
            "transactionDateTime": "2026-03-01 12:00:00",
            "code": "00",
            "currency": "VND",
        }
        text = "&".join(f"{key}={data[key]}" for key in sorted(data)).encode()
        [secret] = FILES[ConnectorKind.PAYOS]["secrets"]
        signature = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        body = {"code": "00", "data": data, "signature": signature}
        return self.post("payos", {}, json.dumps(body))

    def apply(self) -> int:
        """All that waits; how many deliveries there were."""
        times = 0
        known = self.connections
        while reception.apply_next(self.shop.readers, known, self.now_ms) is not None:
            times += 1
        return times

    def orders(self) -> dict[str, tuple[str, int]]:
        """State and unpaid amount of every order, by its number."""
        with self.shop.read() as db:
            return {row.number: (row.state, row.unpaid_vnd) for row in db.query(OrderRow)}

    def people(self) -> set[tuple[str, str]]:
        """Names and phone numbers."""
        with self.shop.read() as db:
            return {(row.name, row.phone) for row in db.query(ProfileRow)}

    def everything(self) -> list[tuple[object, ...]]:
        """All that deliveries can change."""
        with self.shop.read() as db:
            tables = (ProfileRow, OrderRow, OutsideRow)
            return [
                tuple(row) for table in tables for row in db.execute(table.__table__.select()).all()
            ]


def order(at: str = "12:00", **more: Any) -> dict[str, Any]:
    """An order of Shopify's, changed at a time of the day."""
    return {
        "id": 501,
        "updated_at": f"2026-03-01T{at}:00+07:00",
        "name": "#501",
        "currency": "VND",
        "total_outstanding": "200000",
        "customer": {"id": 7001, "first_name": "An", "last_name": "Vũ", "phone": "+84901234513"},
        "line_items": [{"quantity": 2}],
        **more,
    }


def customer(at: str = "12:00", **more: Any) -> dict[str, Any]:
    """A customer of Shopify's, changed at a time of the day."""
    return {
        "id": 7001,
        "updated_at": f"2026-03-01T{at}:00+07:00",
        "first_name": "An",
        "last_name": "Vũ",
        "phone": "+84901234513",
        **more,
    }
