"""Writes docs/report-schema.md from the views: `python -m gateway.store.report_doc`."""

from __future__ import annotations

from pathlib import Path

from gateway.store.report_views import VERSION, VIEWS
from gateway.store.reporting import PREFIX, READERS

PAGE = Path(__file__).parents[2] / "docs" / "report-schema.md"
HEAD = f"""# The report schema

Views for whoever asks the database with SQL, a notebook or a BI program: version {VERSION}. They
stay as they are until the version in `report_version` is another; columns may be added. They name
nobody: no member, name, phone or tag is in them, so what is taken out of them holds nobody who is
erased later. `hien gateway migrate` makes them anew in both databases.

On PostgreSQL an analyst reads them through a role that can read and write nothing else:

```
psql hien -c "CREATE ROLE {READERS} NOLOGIN"
hien gateway report-schema
psql hien -c "CREATE ROLE an LOGIN PASSWORD '…' IN ROLE {READERS}"
```

An SQLite file has no roles: who can open it can read all of it. Give out exports of the same
tables instead:

```
hien gateway export visit visits.csv --from 2026-03-01 --to 2026-03-31
hien gateway export event events.parquet --format parquet
```

Days are the shop's own, and the last one is included. A file appears when all of it is there; a
million rows take no more memory than a thousand. Parquet needs `pip install 'hien[parquet]'`. Each
export is written down in the table `export_run`: when, by whom, what.
"""


def document() -> str:
    """The page."""
    parts = [HEAD]
    for name, view in VIEWS.items():
        time = f" `--from` and `--to` go by `{view.time}`." if view.time else ""
        lines = "\n".join(f"| `{one}` | {column.means} |" for one, column in view.columns.items())
        head = f"\n## {PREFIX}{name}\n\n{view.row}.{time}\n\n| column | what it holds |\n|---|---|"
        parts.append(f"{head}\n{lines}\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
