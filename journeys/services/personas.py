"""Personas: create, change, remove. Pictures arrive re-encoded (see journeys.forms)."""

import uuid
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import Membership, Organisation
from accounts.services.edits import StaleEdit, insert_once
from journeys.models import Persona
from journeys.services import StillInUse


@transaction.atomic
def create_persona(
    *,
    organisation: Organisation,
    code: uuid.UUID,
    by: Membership,
    picture: ContentFile | None = None,
    **fields: Any,
) -> Persona:
    """Save a new persona; the same ``code`` again finds the one of the first time."""
    if existing := Persona.objects.filter(code=code).first():
        return existing
    persona = Persona(organisation=organisation, code=code, **fields)
    persona.full_clean(exclude=["code", "picture"])
    if (inserted := insert_once(persona)) is not persona:
        return inserted
    if picture is not None:
        persona.picture.save("picture.jpg", picture, save=False)
        persona.save(update_fields=["picture"])
    return persona


@transaction.atomic
def update_persona(
    *,
    persona: Persona,
    version: int,
    by: Membership,
    picture: ContentFile | None = None,
    remove_picture: bool = False,
    **fields: Any,
) -> Persona:
    """Change a persona that is still at ``version``; raise StaleEdit otherwise. A replaced picture is deleted."""
    current = Persona.objects.select_for_update().get(pk=persona.pk)
    if current.version != version:
        raise StaleEdit(current)
    for name, value in fields.items():
        setattr(current, name, value)
    current.version += 1
    current.full_clean(exclude=["code", "picture"])
    changed = [*fields, "version", "updated_at"]
    if picture is not None or remove_picture:
        delete_picture_later(current)
        current.picture = ""
        changed.append("picture")
    if picture is not None:
        current.picture.save("picture.jpg", picture, save=False)
    current.save(update_fields=changed)
    return current


@transaction.atomic
def remove_persona(*, persona: Persona, by: Membership) -> None:
    """Delete a persona and its picture; raise StillInUse while a journey has it."""
    current = Persona.objects.select_for_update().get(pk=persona.pk)
    if current.journeys.exists():
        raise StillInUse
    delete_picture_later(current)
    current.delete()


def delete_picture_later(persona: Persona) -> None:
    """Delete the picture's file once the transaction is committed."""
    if persona.picture:
        storage, name = persona.picture.storage, persona.picture.name
        transaction.on_commit(partial(storage.delete, str(name)))
