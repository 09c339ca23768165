"""Tables that are kept as files; a spreadsheet opens them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response


def download(lines: Iterable[Sequence[object]], name: str) -> Response:
    """A table to be kept, its header first."""
    text = StringIO()
    csv.writer(text).writerows(lines)
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
