"""The endpoints of `gateway.api.rest` as OpenAPI operations; what they say is read from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from gateway.api.front import MAX_IDEM_KEY
from gateway.api.problems import CONTENT_TYPE, STATUS, Document, Problem
from gateway.api.routes import PARAMS, Nothing, Route

REF = "#/components/schemas/{name}"
ALWAYS = (
    Problem.KEY_MISSING,
    Problem.KEY_UNKNOWN,
    Problem.SCOPE_MISSING,
    Problem.TOO_OFTEN,
    Problem.WRONG_QUERY,
    Problem.UNAVAILABLE,
    Problem.OUR_FAULT,
)
WITH_A_BODY = (
    Problem.LENGTH_MISSING,
    Problem.TOO_LARGE,
    Problem.UNREADABLE,
    Problem.WRONG_FIELD,
)
WITH_A_KEY = (Problem.IDEM_KEY_MISSING, Problem.IDEM_KEY_REUSED)
SECURITY = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "hien_…"}}


def paths(routes: Sequence[Route]) -> tuple[dict[str, Any], dict[str, Any]]:
    """All paths, and the schemas they refer to."""
    wanted = [kind for route in routes for kind in (route.body, route.answer) if kind is not None]
    found, schemas = msgspec.json.schema_components([*wanted, Document], ref_template=REF)
    schema = iter(found)
    paths: dict[str, Any] = {}
    for route in routes:
        body = next(schema) if route.body is not None else None
        answer = next(schema) if route.answer is not None else None
        said = _operation(route, body, answer, found[-1])
        paths.setdefault(f"/v1{route.path}", {})[route.method.lower()] = said
    return paths, schemas


def _operation(
    route: Route,
    body: dict[str, Any] | None,
    answer: dict[str, Any] | None,
    problem: dict[str, Any],
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "summary": route.summary,
        "operationId": route.name,
        "security": [{"key": [str(route.scope)]}],
        "parameters": [*_path(route), *_query(route), *_header(route)],
        "responses": {**_good(route, answer), **_bad(route, problem)},
    }
    if body is not None:
        content = {"application/json": {"schema": body}}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _path(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _inline(PARAMS[name])}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _query(route: Route) -> list[dict[str, Any]]:
    if route.query is Nothing:
        return []
    fields = msgspec.json.schema_components([route.query])[1][route.query.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in fields.items()]


def _header(route: Route) -> list[dict[str, Any]]:
    if not route.writes or route.is_trial:
        return []
    schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_IDEM_KEY,
        "pattern": "^[ -~]+$",
    }
    name = "Idempotency-Key"
    return [{"name": name, "in": "header", "required": route.needs_key, "schema": schema}]


def _good(route: Route, answer: dict[str, Any] | None) -> dict[str, Any]:
    content = {} if answer is None else {"content": {"application/json": {"schema": answer}}}
    return {
        str(int(one)): {"description": HTTPStatus(one).phrase, **content} for one in route.statuses
    }


def _bad(route: Route, problem: dict[str, Any]) -> dict[str, Any]:
    problems = {*ALWAYS, *route.problems}
    if "{" in route.path:
        problems |= {Problem.NOT_FOUND}
    if "{member}" in route.path or Problem.NO_SUCH_MEMBER in problems:
        problems |= {Problem.MEMBER_ERASED}
    if route.body is not None:
        problems |= {*WITH_A_BODY}
    if route.writes and not route.is_trial:
        problems |= {*WITH_A_KEY}
    by_status: dict[int, list[str]] = {}
    for one in Problem:
        if one in problems:
            by_status.setdefault(int(STATUS[one]), []).append(str(one))
    return {
        str(status): {
            "description": ", ".join(reasons),
            "content": {
                CONTENT_TYPE: {
                    "schema": {"allOf": [problem, {"properties": {"reason": {"enum": reasons}}}]}
                }
            },
        }
        for status, reasons in sorted(by_status.items())
    }


def _inline(kind: Any) -> dict[str, Any]:
    schema = msgspec.json.schema(kind)
    if "$ref" in schema:  # an enumeration: its own words, without a place among the components
        (found,) = schema["$defs"].values()
        return {"enum": found["enum"]}
    return schema
