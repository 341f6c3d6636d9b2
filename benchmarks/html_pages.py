"""What a browser reads out of a page: its forms as they stand, and its tables cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form with what would be sent if somebody pressed its button now."""

    action: str
    values: dict[str, str | list[str]] = field(default_factory=dict)

    def set(self, name: str, value: str) -> None:
        """Add a value; a name that stands twice sends both."""
        known = self.values.get(name)
        if known is None:
            self.values[name] = value
        else:
            self.values[name] = [*(known if isinstance(known, list) else [known]), value]


@dataclass
class Cell:
    """The words of a table's cell, and the name of the picture in it."""

    text: str = ""
    label: str = ""


class Page(HTMLParser):
    """Forms and tables of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.tables: list[list[list[Cell]]] = []
        self._form: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._textarea: tuple[str, str] | None = None
        self._cell: Cell | None = None
        self.feed(html)

    def form(self, ending: str) -> Form:
        """The first form whose address ends so."""
        return next(form for form in self.forms if form.action.split("?")[0].endswith(ending))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(found.get("action", ""))
            self.forms.append(self._form)
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = Cell()
            self.tables[-1][-1].append(self._cell)
        elif tag == "svg" and self._cell is not None:
            self._cell.label = found.get("aria-label", "")
        if self._form is not None:
            self._field(tag, found)

    def _field(self, tag: str, found: dict[str, str]) -> None:
        assert self._form is not None
        name = found.get("name", "")
        if tag == "select":
            self._select = (name, [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((found.get("value", ""), "selected" in found))
        elif tag == "textarea":
            self._textarea = (name, "")
        elif tag == "input" and name and found.get("type") not in ("submit", "button", "file", "image"):
            is_choice = found.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in found:
                self._form.set(name, found.get("value", "on" if is_choice else ""))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea = (self._textarea[0], self._textarea[1] + data)
        if self._cell is not None:
            self._cell.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in ("td", "th") and self._cell is not None:
            self._cell.text = " ".join(self._cell.text.split())
            self._cell = None
        elif tag == "select" and self._select is not None and self._form is not None:
            name, options = self._select
            chosen = [value for value, is_selected in options if is_selected]
            if options:
                self._form.set(name, chosen[0] if chosen else options[0][0])
            self._select = None
        elif tag == "textarea" and self._textarea is not None and self._form is not None:
            self._form.set(*self._textarea)
            self._textarea = None
