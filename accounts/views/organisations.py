"""Organisations: the list, founding, settings, removal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.decorators import member_required, public, require_form, require_safe
from accounts.enums import Role
from accounts.forms import OrganisationForm, OrganisationSettingsForm, RemoveOrganisationForm
from accounts.middleware import MemberRequest
from accounts.permissions import can_create_organisation
from accounts.queries import organisations_of
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
    form = OrganisationForm(request.POST or None, initial={"language": get_language() or "de"})
    if request.method == "POST" and form.is_valid():
        membership = found_organisation(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]  # logged in
        return redirect("workshops:home", org=membership.organisation.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/organisation_create.html", {"form": form}, status=status)


@require_form
@member_required(Role.OWNER)
def organisation_edit(request: MemberRequest) -> HttpResponse:
    """Change the organisation's settings."""
    form = OrganisationSettingsForm(request.POST or None, instance=request.organisation)
    if request.method == "POST" and form.is_valid():
        update_organisation(organisation=request.organisation, **form.cleaned_data)
        messages.success(request, _("The settings are saved."))
        return redirect("accounts:organisation_edit", org=request.organisation.slug)
    status = 422 if request.method == "POST" else 200
    if status == 422:
        request.organisation.refresh_from_db()
    return render(request, "accounts/organisation_edit.html", {"form": form}, status=status)


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
