"""Personas with their pictures, and journeys with the words of their stations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from journeys.models import PERSONA_FIELDS, Journey, Persona, Station
from reports.exports.writing import ZipWriter, moment
from touchpoints.csv_exchange.headings import field_title
from touchpoints.models import Touchpoint
from workshops.exports import readable

STATION_WORDS = ("expectation", "reality", "reaction")


def add_personas(zipped: ZipWriter) -> None:
    """One row for each persona; its picture lies in a folder, under a name that the row says."""
    personas = sorted(Persona.objects.all(), key=lambda persona: persona.name.casefold())
    pictures = {persona.pk: add_picture(zipped, number, persona) for number, persona in enumerate(personas, start=1)}
    rows = [[*(str(getattr(row, name) or "") for name in PERSONA_FIELDS), pictures[row.pk]] for row in personas]
    titles = [*(field_title(Persona, name) for name in PERSONA_FIELDS), field_title(Persona, "picture")]
    zipped.add_table("personas.csv", _("Personas, with the file of their picture in the last column."), [titles, *rows])
    zipped.tell("personas/", _("The pictures of the personas."))


def add_picture(zipped: ZipWriter, number: int, persona: Persona) -> str:
    """Add the picture and return what it is called; empty where there is none, or its file is gone."""
    if not persona.picture:
        return ""
    try:
        with persona.picture.open("rb") as picture:
            content = picture.read()
    except FileNotFoundError:
        return ""
    name = f"personas/{number:03} {readable(persona.name)[:60]}.jpg"
    zipped.add_picture(name, content)
    return name


def add_journeys(zipped: ZipWriter) -> None:
    """One row for each journey, and one for each station on it."""
    journeys = sorted(Journey.objects.select_related("persona"), key=lambda journey: journey.name.casefold())
    titles = [field_title(Journey, name) for name in ("name", "persona", "industry", "description")]
    rows = [[row.name, row.persona.name, row.industry, row.description, moment(row.created_at)] for row in journeys]
    zipped.add_table("journeys.csv", _("Journeys, each of one persona."), [[*titles, _("Since")], *rows])
    zipped.add_table("stations.csv", _("The stations of all journeys along their path, with their texts."), stations())


def stations() -> Iterator[Sequence[str]]:
    """All stations, journey by journey along the path."""
    words = [field_title(Station, name) for name in STATION_WORDS]
    told = [field_title(Touchpoint, "phase"), _("Touchpoint"), field_title(Touchpoint, "channel")]
    yield [_("Journey"), pgettext("station", "No."), *told, *words]
    placed = Station.objects.select_related("journey", "touchpoint").in_order()
    found = sorted(placed, key=lambda row: (row.journey.name.casefold(), row.journey_id))  # the path stays in order
    for _journey, path in groupby(found, key=lambda row: row.journey_id):
        for number, row in enumerate(path, start=1):
            place, said = row.touchpoint, [getattr(row, name) for name in STATION_WORDS]
            yield [row.journey.name, str(number), place.get_phase_display(), place.name, place.channel, *said]
