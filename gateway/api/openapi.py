"""The REST API as OpenAPI: generated from the code that reads and answers, so it cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from contract.arrivals import Arrival
from contract.identifiers import NAME_PATTERN
from contract.screen_codes import Claim
from gateway.api import arrivals, operations, rest, screen_codes, webhooks
from gateway.core.arrivals import Answer as ArrivalAnswer
from gateway.core.screen_codes import Answer as ClaimAnswer


def document() -> dict[str, Any]:
    """The whole description."""
    (arrival, claim), schemas = msgspec.json.schema_components(
        [Arrival, Claim], ref_template="#/components/schemas/{name}"
    )
    paths, more = operations.paths(rest.ROUTES)
    heard = "A member's phone heard a kiosk's beacon."
    claimed = "A member's phone read the code on a kiosk's screen and wants its page there."
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hiên: what apps and other systems say to the gateway",
            "version": "1.3.0",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/v1/arrivals": {
                "post": {
                    "summary": heard,
                    "operationId": "arrive",
                    "requestBody": {"required": True, "content": _json(arrival)},
                    "responses": _responses(arrivals.STATUS, ArrivalAnswer.ACCEPTED),
                }
            },
            "/v1/screen-codes": {
                "post": {
                    "summary": claimed,
                    "operationId": "claim_code",
                    "requestBody": {"required": True, "content": _json(claim)},
                    "responses": _responses(screen_codes.STATUS, ClaimAnswer.ACCEPTED),
                }
            },
            "/v1/webhooks/{connector}": {"post": _webhook()},
            **paths,
        },
        "components": {"schemas": {**schemas, **more}, "securitySchemes": operations.SECURITY},
    }


def _webhook() -> dict[str, Any]:
    """Bodies and signatures are each vendor's own: docs/connectors.md."""
    reasons: dict[int, list[str]] = {200: ["accepted", *map(str, webhooks.KEPT)]}
    for reason, status in webhooks.STATUSES.items():
        reasons.setdefault(int(status), []).append(str(reason))
    responses = {}
    for number in sorted(reasons):
        answer = {
            "type": "object",
            "required": ["accepted", "reason"],
            "properties": {"accepted": {"type": "boolean"}, "reason": {"enum": reasons[number]}},
        }
        said = {"description": ", ".join(reasons[number]), "content": _json(answer)}
        responses[str(number)] = said
    name = {"type": "string", "pattern": NAME_PATTERN}
    return {
        "summary": "A web shop or a bank tells what changed, signed as it does.",
        "operationId": "take_webhook",
        "parameters": [{"name": "connector", "in": "path", "required": True, "schema": name}],
        "requestBody": {"required": True, "content": _json({})},
        "responses": responses,
    }


def _responses(statuses: Mapping[Any, int], accepted: StrEnum) -> dict[str, Any]:
    """Each status, with the reasons that it is given for."""
    responses = {}
    for status in sorted({*statuses.values()}):
        reasons = [str(answer) for answer, its in statuses.items() if its == status]
        answer = {
            "type": "object",
            "required": ["accepted", "reason"],
            "properties": {
                "accepted": {"const": status == statuses[accepted]},
                "reason": {"enum": reasons},
            },
        }
        responses[str(int(status))] = {
            "description": ", ".join(reasons),
            "content": _json(answer),
        }
    return responses


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
