"""A port where Prometheus asks a process how it is: one path, one thread, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from runtime.metrics import CONTENT_TYPE, Source, gathered
from web_ui.shared.serving import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

PATH = "/metrics"

Page = Callable[[dict[str, Any], "StartResponse"], Iterable[bytes]]


def page(sources: Sequence[Source]) -> Page:
    """The application behind the port."""

    def answer(asked: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        status, text = HTTPStatus.NOT_FOUND, "Metrics are at /metrics.\n"
        if (asked["REQUEST_METHOD"], asked["PATH_INFO"]) == ("GET", PATH):
            status, text = HTTPStatus.OK, gathered(sources)
        start(f"{status.value} {status.phrase}", [("Content-Type", CONTENT_TYPE)])
        return [text.encode()]

    return answer


def serve(where: tuple[str, int] | None, sources: Sequence[Source], stack: ExitStack) -> None:
    """Answer at host and port until the stack is left; nothing if no port was set.

    UnavailableError names a port that cannot be had.
    """
    if where is None:
        return
    server = Server(page(sources), *where, threads=1)
    server.start()
    stack.callback(server.stop)
