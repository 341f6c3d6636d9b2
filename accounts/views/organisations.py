"""Organisations: the list, founding, settings, removal."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.decorators import member_required, public, require_form, require_safe
from accounts.enums import Role
from accounts.forms import (
    Difference,
    OrganisationForm,
    OrganisationSettingsForm,
    RemoveOrganisationForm,
    differences,
    take_version,
)
from accounts.middleware import MemberRequest
from accounts.models import Organisation
from accounts.permissions import can_create_organisation
from accounts.queries import organisations_of
from accounts.services.edits import StaleEdit
from accounts.services.organisations import create_organisation as found_organisation
from accounts.services.organisations import remove_organisation, update_organisation


@require_safe
@public
@login_required
def organisation_list(request: HttpRequest) -> HttpResponse:
    """List the organisations of the person who is logged in."""
    context = {"organisations": organisations_of(request.user), "may_create": can_create_organisation(request)}  # type: ignore[arg-type]  # logged in
    return render(request, "accounts/organisation_list.html", context)


@require_form
@public
@login_required
def organisation_create(request: HttpRequest) -> HttpResponse:
    """Found an organisation and become its owner."""
    if not can_create_organisation(request):
        raise PermissionDenied
    form = OrganisationForm(request.POST or None, initial={"language": get_language() or "de", "code": uuid4()})
    if request.method == "POST" and form.is_valid():
        membership = found_organisation(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]  # logged in
        return redirect("workshops:home", org=membership.organisation.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/organisation_create.html", {"form": form}, status=status)


@require_form
@member_required(Role.OWNER)
def organisation_edit(request: MemberRequest) -> HttpResponse:
    """Change the organisation's settings; who was slower sees both versions."""
    organisation = request.organisation
    start = {"version": organisation.version}
    form = OrganisationSettingsForm(request.POST or None, instance=organisation, initial=start)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status, context["theirs"] = save_settings(form, organisation)
        if status == 302:
            messages.success(request, _("The settings are saved."))
            return redirect("accounts:organisation_edit", org=organisation.slug)
    return render(request, "accounts/organisation_edit.html", context, status=status)


def save_settings(form: OrganisationSettingsForm, organisation: Organisation) -> tuple[int, list[Difference] | None]:
    """Save a valid form and return 302; else the status of the page that shows it again, and what others saved."""
    theirs: list[Difference] | None = None
    status = 422
    if form.is_valid():
        changes = {**form.cleaned_data, "version": form.cleaned_data["version"] or 0}
        try:
            update_organisation(organisation=organisation, **changes)
        except StaleEdit as stale:
            theirs = differences(form, stale.current, form.Meta.fields)
            take_version(form, stale.current.version)
            status = 409
        else:
            return 302, theirs
    organisation.refresh_from_db()  # the form has written into the one that the page is framed with
    return status, theirs


@require_form
@member_required(Role.OWNER)
def organisation_remove(request: MemberRequest) -> HttpResponse:
    """Erase the organisation after its name was typed."""
    form = RemoveOrganisationForm(request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        name = request.organisation.name
        remove_organisation(organisation=request.organisation)
        messages.success(request, _("“%(name)s” and everything in it is erased.") % {"name": name})
        return redirect("accounts:landing")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/organisation_remove.html", {"form": form}, status=status)
