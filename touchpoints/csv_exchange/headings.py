"""Which column holds what: the fields of the exchange, and the headings by which people name them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from touchpoints.csv_exchange.cells import comparable
from touchpoints.csv_exchange.entries import recognise
from touchpoints.csv_exchange.tables import Row, Table
from touchpoints.models import Touchpoint

# What a touchpoint says, in the order of the export. starter_number is left out: a name and a phase tell which it was.
FIELDS = (
    "name",
    "phase",
    "description",
    "channel",
    "medium",
    "relation",
    "media",
    "contact",
    "contact_object",
    "department",
    "place",
    "purpose",
    "process",
    "criticality",
    "existence",
    "contract",
    "serves_prospects",
    "serves_new",
    "serves_existing",
    "purchase_possible",
    "moment_of_truth",
)
# Whether the department of a row is a provider: no field of a touchpoint, but lost without a column of its own.
DEPARTMENT_KIND = "department_kind"
# The columns of the export.
COLUMNS = tuple(
    column for field in FIELDS for column in ((field, DEPARTMENT_KIND) if field == "department" else (field,))
)

# What people write over a column, besides the names of the fields in both languages.
SYNONYMS = {
    "name": "touchpoint, touch point, kontaktpunkt, berührungspunkt, bezeichnung, titel, title, station",
    "phase": "phasen, journey phase, stage, step, abschnitt, etappe",
    "description": "description, beschreibung, kundensicht, aus kundensicht, customer view, customer words, erlebnis, "
    "text",
    "channel": "channel, kanal, touchpoint channel, weg, via",
    "medium": "medium, online offline, on offline, digital, art des kanals, kanalart",
    "relation": "relation, direct, direkt, direct indirect, direkt indirekt, beziehung, bezug",
    "media": "media, medien, mediatyp, medienart, owned paid earned, media type, poe",
    "contact": "contact, kontakt, kontaktart, contact type, human touch, persönlich",
    "contact_object": "object, objekt, contact object, kontaktobjekt, gegenstand",
    "department": "department, abteilung, dienstleister, provider, zuständig, verantwortlich, owner, bereich, team, "
    "responsible",
    "department_kind": "kind of department, art der abteilung, intern extern, intern oder extern, "
    "internal external, internal or external",
    "place": "place, ort, where, wo, wo und wie, location",
    "purpose": "purpose, zweck, ziel, kontaktzweck, goal",
    "process": "process, prozess, ablauf, prozess dahinter",
    "criticality": "criticality, kritikalität, wichtigkeit, priorität, priority, critical, kritisch",
    "existence": "existence, vorhanden, status, ist potenzial, tatsächlich möglich, actual, potential",
    "contract": "contract, vertrag, vertragsphase, vor nach vertrag, before after contract",
    "serves_prospects": "serves prospects, interessenten, prospects",
    "serves_new": "serves new, neukunden, new customers",
    "serves_existing": "serves existing, bestandskunden, existing customers",
    "purchase_possible": "purchase possible, kauf möglich, verkauf möglich",
    "moment_of_truth": "moment of truth, moment der wahrheit, mot",
}


def model_field(name: str, model: type[models.Model] = Touchpoint) -> "models.Field[Any, Any]":
    """Return a field of a touchpoint, or of another model."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 - narrows the type; nobody asks for a reverse relation
    return field


def heading(field: str) -> str:
    """Return the heading of ``field`` in the present language, as the export writes it."""
    if field == DEPARTMENT_KIND:
        return _("Kind of department")
    return field_title(Touchpoint, field)


def field_title(model: type[models.Model], name: str) -> str:
    """Return what a field is called in the present language, as a heading over its words."""
    words = str(model_field(name, model).verbose_name)
    return words[:1].upper() + words[1:]


@lru_cache(maxsize=1)
def known_headings() -> dict[str, str]:
    """Return every heading we recognise, in the form in which headings are compared, and its field."""
    known = {}
    for field in COLUMNS:
        known[comparable(field)] = field
        known |= {comparable(word): field for word in SYNONYMS[field].split(",")}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {comparable(heading(field)): field for field in COLUMNS}
    return known


def recognise_heading(text: str, language: str) -> str:
    """Return the field of a heading, or "". Of “Name (de)” and “Name (en)” only the one in ``language`` is taken."""
    words = comparable(text)
    if field := known_headings().get(words, ""):
        return field
    base, _space, last = words.rpartition(" ")
    return known_headings().get(base, "") if last == language else ""


def propose_columns(table: Table, language: str) -> dict[str, str]:
    """Propose a field for each column of the first row; each field is proposed once, for the first column that fits."""
    columns: dict[str, str] = {}
    for index, text in enumerate(table.rows[0].cells):
        field = recognise_heading(text, language)
        if field == "channel" and holds_media(table, index):
            field = "medium"
        if field and field not in columns.values():
            columns[str(index)] = field
    return columns


def holds_media(table: Table, index: int) -> bool:
    """Whether a column named “channel” only says online, offline or both, as in the starter catalogue."""
    cells = {cell for row in table.rows[1:] if (cell := row.cell(index))}
    return bool(cells) and all(recognise("medium", cell) is not None for cell in cells)


def samples(rows: Sequence[Row], index: int) -> list[str]:
    """Return up to three different entries of a column."""
    found: list[str] = []
    for row in rows:
        cell = row.cell(index)
        if cell and cell not in found:
            found.append(cell)
        if len(found) == 3:
            break
    return found
