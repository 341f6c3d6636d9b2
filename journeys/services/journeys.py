"""Journeys: create, change, remove."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Membership, Organisation
from accounts.services.edits import StaleEdit
from journeys.models import Journey, Persona, Station
from journeys.services import StillInUse
from journeys.services.personas import create_persona


@transaction.atomic
def create_journey(
    *,
    organisation: Organisation,
    name: str,
    code: uuid.UUID,
    by: Membership,
    persona: Persona | None = None,
    persona_name: str = "",
    description: str = "",
    industry: str = "",
) -> Journey:
    """Save a new journey of ``persona``, or of a new persona called ``persona_name``.

    The same ``code`` again finds the journey of the first time and creates no second persona.
    """
    if existing := Journey.objects.filter(code=code).first():
        return existing
    try:
        with transaction.atomic():
            journey = Journey(
                organisation=organisation,
                code=code,
                name=name,
                persona=persona or new_persona(organisation, persona_name, by),
                description=description,
                industry=own_industry(organisation, industry),
            )
            journey.full_clean(exclude=["code"])
            journey.save()
    except IntegrityError:  # the same form twice at the same moment, or a code that is taken elsewhere
        if existing := Journey.objects.filter(code=code).first():
            return existing
        journey.code = uuid.uuid4()
        journey.persona = persona or new_persona(organisation, persona_name, by)
        journey.save()
    return journey


@transaction.atomic
def update_journey(
    *,
    journey: Journey,
    version: int,
    by: Membership,
    persona: Persona | None = None,
    persona_name: str = "",
    **fields: Any,
) -> Journey:
    """Change name, persona, description, industry of a journey whose details are still at ``version``.

    Raises StaleEdit otherwise. Moves on the board are no conflict.
    """
    current = Journey.objects.select_for_update(of=("self",)).select_related("persona").get(pk=journey.pk)
    if current.details_version != version:
        raise StaleEdit(current)
    organisation = by.organisation
    fields["industry"] = own_industry(organisation, fields.get("industry", ""))
    for name, value in fields.items():
        setattr(current, name, value)
    current.persona = persona or new_persona(organisation, persona_name, by)
    current.details_version += 1
    current.full_clean(exclude=["code"])
    current.save(update_fields=[*fields, "persona", "details_version"])
    touch_journey(current)
    return current


@transaction.atomic
def remove_journey(*, journey: Journey, by: Membership) -> None:
    """Delete a journey with its stations; raise StillInUse while work was done on it."""
    current = Journey.objects.select_for_update().get(pk=journey.pk)
    if journey_in_use(current):
        raise StillInUse
    current.delete()


def journey_in_use(journey: Journey) -> bool:
    """Whether anything besides its stations rests on the journey; one query per kind of row.

    Workshops and what came of them hang on a journey by foreign keys of later apps, which this app does not know.
    """
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: journey.pk}).exists()
        for relation in Journey._meta.related_objects
        if relation.related_model is not Station
    )


def touch_journey(journey: Journey) -> None:
    """Count a change that open boards have to show."""
    Journey.objects.filter(pk=journey.pk).update(version=F("version") + 1)


def new_persona(organisation: Organisation, name: str, by: Membership) -> Persona:
    """Create a persona that has no more than a name; the rest can follow."""
    return create_persona(organisation=organisation, code=uuid.uuid4(), name=name, by=by)


def own_industry(organisation: Organisation, industry: str) -> str:
    """Return what the journey keeps: nothing where it agrees with the organisation, whose changes it then follows."""
    return "" if industry == organisation.industry else industry
