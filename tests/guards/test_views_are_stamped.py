"""Every address has a door: a view without a stamp was never checked for who may open it."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

# Views of libraries and of the operator, each with the reason why it needs no stamp of ours.
FOREIGN = {
    "healthz": "shows three words and no data",
    "set_language": "Django's own; sets a cookie",
}
FOREIGN_PREFIXES = {"account_": "allauth's own pages, before any organisation"}


def views(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.name or "", pattern.callback


ALL = list(views(get_resolver().url_patterns))
OWN = [row for row in ALL if row[1] not in FOREIGN and not any(row[1].startswith(start) for start in FOREIGN_PREFIXES)]


@pytest.mark.parametrize(("path", "name", "view"), OWN, ids=[row[1] for row in OWN])
def test_view_stands_at_the_door_of_its_address(path, name, view):
    door = getattr(view, "door", None)

    expected = {"o/": "member", "w/": "guest"}.get(path[:2], "public")

    assert door == expected


def test_every_exception_is_still_needed():
    names = {name for _path, name, _view in ALL}

    assert set(FOREIGN) <= names
    assert all(any(name.startswith(start) for name in names) for start in FOREIGN_PREFIXES)


def test_names_are_unique_within_their_app():
    seen = [(view.__module__.split(".")[0], name) for _path, name, view in OWN]

    assert len(seen) == len(set(seen))


def test_view_function_is_called_like_its_address():
    wrong = [(name, view.__name__) for _path, name, view in OWN if view.__name__ != name]

    assert wrong == []
