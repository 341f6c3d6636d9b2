"""The persona's card, as it is printed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Field
from django.utils.text import capfirst

from journeys.models import PERSONA_ANSWERS, Persona
from reports.queries.reading import Fact
from reports.queries.words import long_date

PERSONA_TEXTS = (*PERSONA_ANSWERS, "evidence")


@dataclass(frozen=True)
class PersonaCard:
    """Through whose eyes the journey is seen. ``picture`` is a data URI or empty."""

    name: str
    role: str
    quote: str
    facts: tuple[Fact, ...]
    picture: str


def persona_card(texts: Mapping[str, Any], persona: Persona) -> PersonaCard:
    """The card in the words of ``texts``; only the picture is the persona's of today."""
    facts = [Fact(_label(name), texts[name]) for name in PERSONA_TEXTS if texts[name]]
    if texts["evidence_date"]:
        facts.append(Fact(_label("evidence_date"), long_date(texts["evidence_date"])))
    return PersonaCard(texts["name"], texts["role"], texts["quote"], tuple(facts), _picture(persona))


def _label(name: str) -> str:
    """What the persona's card calls one of its fields."""
    field = cast("Field[Any, Any]", Persona._meta.get_field(name))
    return capfirst(str(field.verbose_name))


def _picture(persona: Persona) -> str:
    """The picture as part of the document, so that type setting reads no file; none where the file is gone."""
    if not persona.picture:
        return ""
    try:
        with persona.picture.open("rb") as file:
            return "data:image/jpeg;base64," + b64encode(file.read()).decode()
    except OSError:
        return ""
