"""German is complete: nothing empty, nothing fuzzy, nothing copied from English, nothing stale, same placeholders."""

import re

import pytest
from babel.messages import pofile
from django.conf import settings

# Words that are the same in both languages, by decision or by nature.
SAME_WORDS = """
    Name Demo Organisation Touchpoint Touchpoints Journey Journeys Persona Personas Phase Workshop Workshops Presales
    Loyalty Station Code Manager Block Position Status Format Filter PDF CSV QR Logo online offline Impressum
"""
SAME_IN_BOTH = set(SAME_WORDS.split())
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
