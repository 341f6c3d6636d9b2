"""The fields that an address takes: from the forms on the pages that lead to it, and from the form classes."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django import forms
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

APPS = ("accounts", "touchpoints", "journeys", "workshops", "reports")


@dataclass
class Field:
    """A field of a form on a page, with the values it offers; the first is what it holds when nobody touches it."""

    name: str
    kind: str
    values: list[str]
    required: bool = False


@dataclass
class Form:
    """A form on a page."""

    method: str
    action: str
    fields: list[Field] = field(default_factory=list)


class FormReader(HTMLParser):
    """Collects the forms of a page; also what a single element sends by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.choosing: Field | None = None
        self.typing: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("hx-post") or given.get("hx-get") or given.get("action") or self.page
            self.inside = Form(given.get("method", "get").lower(), action)
            self.forms.append(self.inside)
        elif tag in ("input", "button", "select", "textarea") and given.get("name") and self.inside is not None:
            self.add_field(tag, given)
        elif tag == "option" and self.choosing is not None:
            value = given.get("value", "")
            self.choosing.values.insert(0 if "selected" in given else len(self.choosing.values), value)

    def add_field(self, tag: str, given: dict[str, str]) -> None:
        assert self.inside is not None
        kind = given.get("type", "text" if tag == "input" else tag)
        value = given.get("value", "on" if kind == "checkbox" else "")
        if kind == "radio" and (known := [each for each in self.inside.fields if each.name == given["name"]]):
            known[0].values.insert(0 if "checked" in given else len(known[0].values), value)
            return
        values = [] if tag in ("select", "textarea") else [value]
        if kind == "checkbox":
            values = [value, ""] if "checked" in given else ["", value]
        new = Field(given["name"], kind, values, required="required" in given)
        self.inside.fields.append(new)
        self.choosing = new if tag == "select" else self.choosing
        self.typing = new if tag == "textarea" else self.typing

    def handle_data(self, data: str) -> None:
        if self.typing is not None:
            self.typing.values.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.choosing = None
        elif tag == "textarea" and self.typing is not None:
            self.typing.values = ["".join(self.typing.values).removeprefix("\n")]
            self.typing = None


def name_of(path: str) -> str | None:
    """The name of the address that a path leads to."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def forms_on(response: HttpResponseBase, page: str) -> list[tuple[str, Form]]:
    """The forms of an answer, each with the name of the address it is sent to."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return []
    reader = FormReader(page)
    reader.feed(response.content.decode())
    found = []
    for form in reader.forms:
        parts = urlsplit(form.action)
        form.fields += [Field(name, "hidden", [value]) for name, value in parse_qsl(parts.query)]
        if (name := name_of(parts.path or page)) is not None:
            found.append((name, form))
    return found


def read_pages(clients: list[Client], pages: list[str]) -> dict[str, list[Form]]:
    """Open every page as the first of ``clients`` whom it lets in, and return the forms by the address they go to."""
    found: dict[str, list[Form]] = {}
    for page in pages:
        for client in clients:
            response = client.get(page)
            if response.streaming and not response.is_async:
                b"".join(response.streaming_content)  # closes the file
            if response.status_code == 200:
                for name, form in forms_on(response, page):
                    known = found.setdefault(name, [])
                    shape = [(each.name, each.kind) for each in form.fields]
                    if shape not in [[(each.name, each.kind) for each in other.fields] for other in known]:
                        known.append(form)
                break
    return found


def form_fields() -> dict[str, dict[str, list[forms.Field]]]:
    """By application: the fields of all its form classes by name."""
    found: dict[str, dict[str, list[forms.Field]]] = {}
    for app in APPS:
        fields = found.setdefault(app, {})
        for form in form_classes(app):
            for name, each in form.base_fields.items():  # type: ignore[attr-defined]  # made by the metaclass
                fields.setdefault(name, []).append(each)
    return found


def form_classes(app: str) -> list[type[forms.BaseForm]]:
    """Every form class that an application defines."""
    try:
        root = importlib.import_module(f"{app}.forms")
    except ModuleNotFoundError:
        return []
    names = [root.__name__]
    names += [found.name for found in pkgutil.walk_packages(getattr(root, "__path__", []), f"{root.__name__}.")]
    found: list[Any] = []
    for name in sorted(names):
        module = importlib.import_module(name)
        found += [
            each
            for _name, each in sorted(vars(module).items())
            if isinstance(each, type) and issubclass(each, forms.BaseForm) and each.__module__ == name
        ]
    return found
