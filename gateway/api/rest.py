"""All endpoints for other systems under `/v1`, as one part of a web application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from gateway.api import (
    appointments,
    consents,
    events,
    interests,
    messages,
    orders,
    profiles,
    redemptions,
    sales,
    touches,
    vouchers,
)
from gateway.api.front import Front, problem
from gateway.api.problems import Problem, RefusedError
from gateway.api.routes import Route

ROUTES: Sequence[Route] = (
    *profiles.ROUTES,
    *consents.ROUTES,
    *events.ROUTES,
    *interests.ROUTES,
    *messages.ROUTES,
    *orders.ROUTES,
    *appointments.ROUTES,
    *redemptions.ROUTES,
    *sales.ROUTES,
    *touches.ROUTES,
    *vouchers.ROUTES,
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OURS = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Problem.TOO_LARGE,
    HTTPStatus.BAD_REQUEST: Problem.UNREADABLE,
    HTTPStatus.NOT_FOUND: Problem.NOT_FOUND,
}
"""What Flask itself refuses, in our words; all else that it raises is our fault."""


def install(app: Flask, front: Front) -> None:
    """Give an application the API. It has no cookie: a key proves who speaks."""
    bp = Blueprint("rest", __name__, url_prefix="/v1")
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    for path, routes in by_path.items():
        rule = path.replace("{", "<").replace("}", ">")
        view = _View(front, routes)
        bp.add_url_rule(rule, path.replace(".", "_"), view, methods=METHODS)
    bp.add_url_rule("/<path:rest>", "nothing", _nothing, methods=METHODS)
    bp.register_error_handler(RefusedError, problem)
    bp.register_error_handler(OperationalError, _unavailable)
    bp.register_error_handler(HTTPException, _in_our_words)
    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(bp)
    app.register_blueprint(bp)


class _View:
    """One path, whatever the method."""

    def __init__(self, front: Front, routes: Mapping[str, Route]) -> None:
        self._front = front
        self._routes = routes

    def __call__(self, **params: str) -> Response:
        route = self._routes.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            raise RefusedError(Problem.WRONG_METHOD, ", ".join(self._routes))
        return self._front.answer(route, params)


def _nothing(**_path: str) -> ResponseReturnValue:
    raise RefusedError(Problem.NOT_FOUND)


def _unavailable(error: OperationalError) -> ResponseReturnValue:
    current_app.logger.warning("the database does not answer: %s", type(error.orig).__name__)
    return problem(RefusedError(Problem.UNAVAILABLE))


def _in_our_words(error: HTTPException) -> ResponseReturnValue:
    code = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    return problem(RefusedError(OURS.get(code, Problem.OUR_FAULT)))
