"""Every address there is, as a template that also takes arguments no converter lets through."""

import re
from dataclasses import dataclass
from inspect import iscoroutine
from urllib.parse import quote

from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

from tests.guards.test_permission_table import TABLE
from tests.guards.test_views_are_stamped import FOREIGN, FOREIGN_PREFIXES

ARGUMENT = re.compile(r"<(?:(?P<converter>[^:>]+):)?(?P<name>[^>]+)>")


@dataclass(frozen=True)
class Address:
    """``template`` has a ``%(name)s`` for each of ``arguments``; ``needs`` says which rows make them valid."""

    name: str
    template: str
    arguments: tuple[str, ...]
    door: str
    needs: str | None
    methods: tuple[str, ...]

    def path(self, values: dict[str, str]) -> str:
        """The address with these values in it, whatever they are; a slash in one of them stays a slash."""
        quoted = {name: quote(value, safe="/", errors="surrogatepass") for name, value in values.items()}
        return "/" + self.template % quoted


def patterns(found: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, str, URLPattern]]:
    """Template and name of every pattern below ``found``."""
    rows = []
    for pattern in found:
        template = prefix + template_of(pattern)
        if isinstance(pattern, URLResolver):
            rows += patterns(pattern.url_patterns, template)
        else:
            rows.append((template, pattern.name or "", pattern))
    return rows


def template_of(pattern: URLPattern | URLResolver) -> str:
    if isinstance(pattern.pattern, RoutePattern):
        return ARGUMENT.sub(lambda match: f"%({match['name']})s", str(pattern.pattern).replace("%", "%%"))
    text = str(pattern.pattern)
    return normalize(text)[0][0] if text not in ("", "^/") else ""


def methods_of(pattern: URLPattern) -> tuple[str, ...]:
    """What the view takes: to a method that nobody knows ours answer a list, before they look at anything else."""
    if not hasattr(pattern.callback, "door"):
        return ("GET", "POST")
    response = pattern.callback(RequestFactory().generic("BREW", "/"))
    if iscoroutine(response):
        response.close()
        return ("GET",)  # live streams
    return tuple(sorted({"GET", "POST"} & set(response["Allow"].split(", "))))


def full_name(pattern: URLPattern, name: str) -> str:
    """The name as ``reverse`` takes it."""
    foreign = name in FOREIGN or any(name.startswith(start) for start in FOREIGN_PREFIXES)
    return name if foreign else f"{pattern.callback.__module__.split('.')[0]}:{name}"


def find_addresses() -> list[Address]:
    """All addresses by name, so that their order is the same in every process."""
    found = []
    for template, name, pattern in patterns(get_resolver().url_patterns):
        named = full_name(pattern, name)
        row = TABLE.get(named)
        found.append(
            Address(
                name=named,
                template=template,
                arguments=tuple(re.findall(r"%\((\w+)\)s", template)),
                door=getattr(pattern.callback, "door", "public"),
                needs=row.needs if row else None,
                methods=methods_of(pattern),
            )
        )
    return sorted(found, key=lambda address: address.name)
