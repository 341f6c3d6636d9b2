"""The German catalogue holds exactly what the source says: nothing missing, nothing left over.

Read with ast and Django's own template reader, so that nobody needs gettext's programs.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import pofile
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("config", "accounts", "touchpoints", "journeys", "workshops", "reports")
# the function, and how many of its first arguments are: context, singular, plural
CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"} | CONTEXT | PLURAL

Message = tuple[str | None, str]


def message_of(name: str, words: list[str]) -> Message:
    return (words[0], words[1]) if name in CONTEXT else (None, words[0])


def python_messages(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if name in CALLS and words:
                yield message_of(name, words)


def template_messages(source: str) -> Iterator[Message]:
    """Django turns a template into gettext calls between filler; each call is Python again."""
    text = templatize(source)
    for found in re.finditer(r"(?<!\w)(_|n?p?gettext)\(", text):
        call = complete_call(text, found.start())
        if call:
            yield from python_messages(call)


def complete_call(text: str, begin: int) -> str:
    """Return the shortest piece from ``begin`` that is a whole call."""
    for end in re.finditer(r"\)", text[begin:]):
        piece = text[begin : begin + end.end()]
        try:
            ast.parse(piece)
        except SyntaxError:
            continue
        return piece
    return ""


def source_messages() -> set[Message]:
    found: set[Message] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            found.update(python_messages(path.read_text()))
    for pattern in ("*.html", "*.txt", "*.svg"):
        for path in (ROOT / "templates").rglob(pattern):
            found.update(template_messages(path.read_text()))
    return {(context, text) for context, text in found if text}


def catalogue_messages() -> set[Message]:
    with (ROOT / "locale/de/LC_MESSAGES/django.po").open("rb") as lines:
        catalogue = pofile.read_po(lines, locale="de")
    return {(each.context, each.id if isinstance(each.id, str) else each.id[0]) for each in catalogue if each.id}


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ('_("One (1) station")', [(None, "One (1) station")]),
        ('pgettext("verb", "Open")', [("verb", "Open")]),
        ('ngettext("%(n)s card", "%(n)s cards", n)', [(None, "%(n)s card")]),
        ("gettext(name)", []),
    ],
)
def test_python_messages(source, messages):
    assert list(python_messages(source)) == messages


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ('{% load i18n %}<p>{% translate "Don\'t (yet)" %}</p>', [(None, "Don't (yet)")]),
        ('{% translate "Open" context "verb" %}', [("verb", "Open")]),
        ("{% blocktranslate trimmed %}\n  One\n  sentence.\n{% endblocktranslate %}", [(None, "One sentence.")]),
        (
            "{% blocktranslate count n=n %}{{ n }} card{% plural %}{{ n }} cards{% endblocktranslate %}",
            [(None, "%(n)s card")],
        ),
        ('{{ name|default:_("nobody") }}', [(None, "nobody")]),
    ],
)
def test_template_messages(source, messages):
    assert list(template_messages(source)) == messages


def test_every_message_is_in_the_catalogue():
    assert sorted(map(str, source_messages() - catalogue_messages())) == []


def test_the_catalogue_holds_nothing_that_is_gone():
    assert sorted(map(str, catalogue_messages() - source_messages())) == []
