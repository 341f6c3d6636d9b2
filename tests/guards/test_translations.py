"""German is complete: nothing empty, nothing fuzzy, nothing copied from English, nothing stale, same placeholders."""

import io
import re

import pytest
from babel.messages import pofile
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

# Words that are the same in both languages, by decision or by nature.
SAME_WORDS = """
    Name Demo Organisation Touchpoint Touchpoints Journey Journeys Persona Personas Phase Workshop Workshops
    Presales Plan Pause Loyalty Median Quadrant Station Code Manager Block Position Status Format Filter PDF CSV QR
    Logo online offline Impressum Budget
"""
# The four steps keep their words in both languages.
STEPS = {"Ist", "Soll", "To-do", "Kontrolle"}
SAME_IN_BOTH = set(SAME_WORDS.split()) | STEPS | {"+1 min", "Block %(number)d", "Pause · %(left)s"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@pytest.fixture(scope="module")
def catalogue():
    path = settings.BASE_DIR / "locale/de/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        return pofile.read_po(file, locale="de")


def texts(value):
    return [value] if isinstance(value, str) else list(value)


def test_nothing_is_empty(catalogue):
    assert [message.id for message in catalogue if message.id and not all(texts(message.string))] == []


def test_nothing_is_fuzzy(catalogue):
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_nothing_is_copied(catalogue):
    copied = {
        message.id
        for message in catalogue
        if isinstance(message.id, str)
        and message.id
        and message.id == message.string
        and re.search("[a-z]", message.id)
    }

    assert copied - SAME_IN_BOTH == set()


def test_placeholders_are_the_same(catalogue):
    for message in catalogue:
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(texts(message.id)[-1]))
        for text in texts(message.string)[-1:]:
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id


def test_somebody_elses_protected_name_is_not_used(catalogue):
    assert [m.id for m in catalogue if any("CTMP" in text for text in [*texts(m.id), *texts(m.string)])] == []


KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SOURCES = ("config", "accounts", "touchpoints", "journeys", "workshops", "reports")


def marked_strings():
    """Every string marked for translation, as (context, text); templates are read as Django reads them."""
    for app in SOURCES:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            yield from extracted(path.read_bytes())
    for path in (settings.BASE_DIR / "templates").rglob("*"):
        if path.suffix in {".html", ".txt", ".svg"}:
            # Django blanks out everything else; indentation means nothing in it.
            lines = templatize(path.read_text()).splitlines()
            yield from extracted("\n".join(line.strip() for line in lines).encode())


def extracted(source):
    for _line, text, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        yield context, text if isinstance(text, str) else text[0]


def test_catalogue_holds_exactly_what_is_marked(catalogue):
    marked = set(marked_strings())
    kept = {(message.context, texts(message.id)[0]) for message in catalogue if message.id}

    assert (sorted(map(str, marked - kept)), sorted(map(str, kept - marked))) == ([], [])
