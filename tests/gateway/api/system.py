"""Another system with a key of its own, speaking to the REST API over a real database."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from typing import Any

from flask import Flask
from msgspec import json
from werkzeug.test import TestResponse

from contract.messages import Live
from gateway.api import rest
from gateway.api.front import Front
from gateway.core.api_keys import Scope, make
from gateway.store import api_keys
from tests.gateway.shop import NOON_MS, Shop


class System:
    """A connector. What it may do is everything, unless it is told otherwise."""

    def __init__(self, shop: Shop, scopes: Collection[Scope] = tuple(Scope)) -> None:
        self.shop = shop
        self.now_ms = NOON_MS
        self.language = "en"
        self.said_live: list[tuple[str, Live]] = []
        self.front = Front(
            shop.readers, lambda: self.now_ms, lambda *said: self.said_live.append(said)
        )
        self.app = Flask(__name__)
        rest.install(self.app, self.front)
        self._bytes = count(1)
        self._keys = count(1)
        self.key = self.new_key("web-shop", scopes)

    def new_key(self, connector: str, scopes: Collection[Scope]) -> str:
        """A key that the owner made, as text."""
        key = make(lambda size: next(self._bytes).to_bytes(size, "big"))
        with self.shop.writers.begin() as db:
            api_keys.add(db, key, connector, scopes, NOON_MS)
        return key.text

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        idem_key: str | None = None,
        key: str | None = None,
    ) -> TestResponse:
        """One request, under a new idempotency key unless one is given; `""` sends none."""
        headers = {
            "Authorization": f"Bearer {self.key if key is None else key}",
            "Accept-Language": self.language,
        }
        wanted = f"idem-{next(self._keys)}" if idem_key is None else idem_key
        if wanted and method != "GET":
            headers["Idempotency-Key"] = wanted
        data = None if body is None else body if isinstance(body, bytes) else json.encode(body)
        return self.app.test_client().open(f"/v1{path}", method=method, data=data, headers=headers)

    def said(self, method: str, path: str, body: object = None, **how: Any) -> dict[str, Any]:
        """What came back, with its status under `_`."""
        answer = self.ask(method, path, body, **how)
        found: dict[str, Any] = answer.get_json(force=True) if answer.data else {}
        return {**found, "_": answer.status_code}
