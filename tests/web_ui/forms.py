"""What a browser would send of a page's form: every field as it stands there."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._form, self._is_inside = form, False
        self._select = self._area = self._first = ""
        self._chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = given.get("id") == self._form
        if not self._is_inside:
            return
        match tag:
            case "input" if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.sent.append((given["name"], given.get("value", "")))
            case "select":
                self._select, self._chosen, self._first = given["name"], None, ""
            case "option" if self._select:
                self._first = self._first or given["value"]
                self._chosen = given["value"] if "selected" in given else self._chosen
            case "textarea":
                self._area = given["name"]
                self.sent.append((self._area, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        if tag == "select" and self._select:
            self.sent.append((self._select, self._chosen or ""))
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            name, value = self.sent.pop()
            self.sent.append((name, value + data))


def filled_in(page: str, form: str) -> dict[str, list[str]]:
    """The fields of the form with an id, by name."""
    reader = _Fields(form)
    reader.feed(page)
    found: dict[str, list[str]] = {}
    for name, value in reader.sent:
        found.setdefault(name, []).append(value)
    return found
