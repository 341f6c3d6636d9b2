"""Personas: list, card, form, picture."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import MODERATING
from accounts.forms import take_version
from accounts.middleware import MemberRequest
from accounts.queries import search
from accounts.services.edits import StaleEdit
from accounts.views.searching import answer_found
from journeys.forms import PersonaForm
from journeys.models import PERSONA_FIELDS, Persona
from journeys.permissions import can_edit_journeys
from journeys.queries import persona_facts, persona_hint, persona_rows
from journeys.services import StillInUse
from journeys.services.personas import create_persona, remove_persona, update_persona


@require_safe
@member_required()
def persona_list(request: MemberRequest) -> HttpResponse:
    """Show all personas as cards; under HTMX only the cards, for the search."""
    found = search(persona_rows(), request.GET.get("q", ""), lambda persona: [persona.name, persona.role])
    context = {"found": found, "may_edit": can_edit_journeys(request.membership)}
    return answer_found(request, "journeys/persona_list.html", "persona_list", context)


@require_form
@member_required(*MODERATING)
def persona_create(request: MemberRequest) -> HttpResponse:
    """Ask for a new persona and create it."""
    form = PersonaForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "journeys/persona_form.html", {"form": form})
    if not form.is_valid():
        return render(request, "journeys/persona_form.html", {"form": form}, status=422)
    persona = create_persona(
        organisation=request.organisation,
        code=form.cleaned_data["code"],
        by=request.membership,
        picture=form.cleaned_data["picture"],
        **words(form),
    )
    return redirect("journeys:persona_detail", org=request.organisation.slug, code=persona.code)


@require_safe
@member_required()
def persona_detail(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Show the card that one would hang on the wall."""
    persona = get_object_or_404(Persona, code=code)
    context = {
        "persona": persona,
        "journeys": persona.journeys.order_by("name"),
        "facts": persona_facts(persona),
        "hint": persona_hint(persona),
        "may_edit": can_edit_journeys(request.membership),
    }
    return render(request, "journeys/persona_detail.html", context)


@require_form
@member_required(*MODERATING)
def persona_edit(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Change a persona; who was slower sees both versions."""
    persona = get_object_or_404(Persona, code=code)
    if request.method != "POST":
        form = PersonaForm(instance=persona, initial={"version": persona.version})
        return render(request, "journeys/persona_form.html", {"form": form, "persona": persona})
    form = PersonaForm(request.POST, request.FILES, instance=persona)
    if not form.is_valid():
        persona.refresh_from_db()
        return render(request, "journeys/persona_form.html", {"form": form, "persona": persona}, status=422)
    try:
        update_persona(
            persona=persona,
            version=form.cleaned_data["version"],
            by=request.membership,
            picture=form.cleaned_data["picture"],
            remove_picture=form.cleaned_data.get("remove_picture", False),
            **words(form),
        )
    except StaleEdit as stale:
        return answer_stale(request, form, stale.current)
    messages.success(request, _("Saved."))
    return redirect("journeys:persona_detail", org=request.organisation.slug, code=code)


@require_POST
@member_required(*MODERATING)
def persona_remove(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Delete a persona that no journey uses."""
    persona = get_object_or_404(Persona, code=code)
    try:
        remove_persona(persona=persona, by=request.membership)
    except StillInUse:
        messages.warning(
            request,
            _("“%(name)s” stays: a journey is seen through these eyes. Give the journey another persona first.")
            % {"name": persona.name},
        )
        return redirect("journeys:persona_detail", org=request.organisation.slug, code=code)
    messages.success(request, _("The persona “%(name)s” was removed.") % {"name": persona.name})
    return redirect("journeys:persona_list", org=request.organisation.slug)


@require_safe
@member_required()
def persona_picture(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Send the picture to members; it lies in no public folder."""
    persona = get_object_or_404(Persona, code=code)
    if not persona.picture:
        raise Http404
    try:
        with persona.picture.open("rb") as file:
            response = HttpResponse(file.read(), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
    # The address carries the version, so a browser may keep it; no proxy may.
    response["Cache-Control"] = "private, max-age=86400"
    return response


def words(form: PersonaForm) -> dict[str, Any]:
    """Return what was typed, without picture, code and version."""
    return {name: form.cleaned_data[name] for name in PERSONA_FIELDS}


def answer_stale(request: HttpRequest, form: PersonaForm, current: Any) -> HttpResponse:
    """Show what was typed and, where it differs, what is saved by now; saving again is then a decision."""
    theirs = [
        {"label": form.fields[name].label, "value": getattr(current, name)}
        for name in PERSONA_FIELDS
        if getattr(current, name) != form.cleaned_data[name]
    ]
    take_version(form, current.version)
    context = {"form": form, "persona": current, "stale": True, "theirs": theirs}
    return render(request, "journeys/persona_form.html", context, status=409)
