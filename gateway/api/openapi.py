"""The REST API as OpenAPI: generated from the code that reads and answers, so it cannot differ."""

from __future__ import annotations

from typing import Any

import msgspec

from contract.arrivals import Arrival
from gateway.api.arrivals import STATUS, bp
from gateway.core.arrivals import Answer


def document() -> dict[str, Any]:
    """The whole description."""
    (arrival,), schemas = msgspec.json.schema_components(
        [Arrival], ref_template="#/components/schemas/{name}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hiên: what apps say to the gateway",
            "version": "1.0.0",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            f"{bp.url_prefix}/arrivals": {
                "post": {
                    "summary": "A member's phone heard a kiosk's beacon.",
                    "operationId": "arrive",
                    "requestBody": {"required": True, "content": _json(arrival)},
                    "responses": {
                        str(int(status)): _response(status) for status in sorted({*STATUS.values()})
                    },
                }
            }
        },
        "components": {"schemas": schemas},
    }


def _response(status: int) -> dict[str, Any]:
    reasons = [str(answer) for answer in Answer if STATUS[answer] == status]
    answer = {
        "type": "object",
        "required": ["accepted", "reason"],
        "properties": {
            "accepted": {"const": status == STATUS[Answer.ACCEPTED]},
            "reason": {"enum": reasons},
        },
    }
    return {"description": ", ".join(reasons), "content": _json(answer)}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
