"""What the kiosk's page sends, read strictly. It acts on nothing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

import msgspec
from flask import abort, request

M = TypeVar("M", bound=msgspec.Struct)


def message(kind: type[M]) -> M:
    """The present request's message; anything else is refused with the field that is wrong."""
    if request.mimetype != "application/json":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except msgspec.DecodeError as error:
        abort(HTTPStatus.BAD_REQUEST, str(error))
