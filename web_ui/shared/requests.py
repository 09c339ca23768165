"""Counts what a web application answers, by kind of status, and how long it took. No paths."""

from __future__ import annotations

from flask import Flask, Response, g

from runtime.clock import stopwatch_ms
from runtime.metrics import Counter, Source

MS_PER_S = 1_000


def count(app: Flask) -> tuple[Source, Source]:
    """Count from now on; streams count when they begin."""
    answered = Counter("hien_web_answers_total", "Requests answered, by kind of status.", "status")
    took = Counter("hien_web_answer_seconds_total", "Time answering took, the same.", "status")

    def begin() -> None:
        g.began_ms = stopwatch_ms()

    def end(response: Response) -> Response:
        status = f"{response.status_code // 100}xx"
        answered.add(status)
        took.add(status, (stopwatch_ms() - g.get("began_ms", stopwatch_ms())) / MS_PER_S)
        return response

    app.before_request(begin)
    app.after_request(end)
    return answered.families, took.families
