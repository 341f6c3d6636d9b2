"""Members and invitations."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import queries
from accounts.decorators import member_required, public, require_form, require_POST, require_safe
from accounts.enums import Role
from accounts.forms import Difference, InvitationForm, MemberEditForm, differences, take_version
from accounts.middleware import MemberRequest
from accounts.models import Invitation, Membership
from accounts.permissions import INVITED, can_reset_password
from accounts.services import members
from accounts.services.edits import StaleEdit
from accounts.views.searching import answer_found


@require_safe
@member_required(Role.OWNER, Role.MODERATOR)
def member_list(request: MemberRequest) -> HttpResponse:
    """List who belongs to the organisation and who is invited; under HTMX only the list, for the search."""
    return show_people(request, InvitationForm())


@require_POST
@member_required(Role.OWNER)
def invitation_create(request: MemberRequest) -> HttpResponse:
    """Invite somebody and show the link once."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return show_people(request, form, status=422)
    try:
        invitation, link = members.create_invitation(**form.cleaned_data, by=request.membership)
    except ValidationError as error:
        form.add_error(None, error)
        return show_people(request, form, status=422)
    return show_people(request, InvitationForm(), link=link, invitation=invitation)


@require_POST
@member_required(Role.OWNER)
def invitation_revoke(request: MemberRequest, code: UUID) -> HttpResponse:
    """Take an invitation back."""
    members.revoke_invitation(invitation=get_object_or_404(Invitation, code=code, accepted_at__isnull=True))
    messages.success(request, _("The invitation is taken back; its link no longer works."))
    return redirect("accounts:member_list", org=request.organisation.slug)


@require_form
@public
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation, and take the person in who accepts it."""
    invitation = members.find_invitation(token)
    if invitation is not None and request.method == "POST" and request.user.is_authenticated:
        membership = members.accept_invitation(invitation=invitation, user=request.user)
        if membership is not None:
            request.session.pop(INVITED, None)
            return redirect("workshops:home", org=membership.organisation.slug)
        invitation = None
    if invitation is None:
        request.session.pop(INVITED, None)
        return render(request, "accounts/link_invalid.html", {"kind": "invitation"}, status=404)
    request.session[INVITED] = token
    return render(request, "accounts/invitation_accept.html", {"invitation": invitation})


@require_form
@member_required(Role.OWNER)
def member_edit(request: MemberRequest, code: UUID) -> HttpResponse:
    """Change a member's role and department; who was slower sees both versions."""
    member = find_member(code)
    if request.method != "POST":
        return show_member(request, member, MemberEditForm.of(member))
    form = MemberEditForm(request.POST)
    if not form.is_valid():
        return show_member(request, member, form, status=422)
    data = form.cleaned_data
    try:
        members.update_member(
            member=member, version=data["version"] or 0, role=data["role"], department=data["department"]
        )
    except ValidationError as error:
        form.add_error(None, error)
        return show_member(request, member, form, status=422)
    except StaleEdit as stale:
        theirs = differences(form, stale.current, ("role", "department"))
        take_version(form, stale.current.version)
        return show_member(request, stale.current, form, status=409, theirs=theirs)
    messages.success(request, _("The change is saved."))
    return redirect("accounts:member_list", org=request.organisation.slug)


@require_form
@member_required(Role.OWNER)
def member_remove(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask first, then end a membership."""
    member = find_member(code)
    if request.method != "POST":
        return render(request, "accounts/member_remove.html", {"member": member})
    name = member.user.name
    try:
        members.remove_member(member=member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("accounts:member_edit", org=request.organisation.slug, code=code)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": name})
    if member.user_id == request.user.pk or code == request.membership.code:
        return redirect("accounts:landing")
    return redirect("accounts:member_list", org=request.organisation.slug)


@require_POST
@member_required(Role.OWNER)
def member_password_link(request: MemberRequest, code: UUID) -> HttpResponse:
    """Show a one-time link with which the member sets a new password."""
    member = find_member(code)
    if not can_reset_password(request.membership, member):
        raise PermissionDenied
    return show_member(request, member, MemberEditForm.of(member), link=members.password_link(member=member))


@require_safe
@member_required(Role.OWNER)
def member_export(request: MemberRequest, code: UUID) -> HttpResponse:
    """Download what is kept about a member."""
    answer = JsonResponse(members.member_export(find_member(code)), json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="member.json"'
    return answer


def find_member(code: UUID) -> Membership:
    """Return the member of the organisation in scope, or raise Http404."""
    return get_object_or_404(Membership.objects.select_related("user", "organisation", "department"), code=code)


def show_people(
    request: MemberRequest,
    form: InvitationForm,
    *,
    status: int = 200,
    link: str = "",
    invitation: Invitation | None = None,
) -> HttpResponse:
    """Answer the list of people; ``link`` is shown this once."""
    found = queries.people(request.GET.get("q", ""))
    context = {"people": found, "found": found.found, "form": form, "link": link, "invitation": invitation}
    return answer_found(request, "accounts/member_list.html", "member_list", context, status=status)


def show_member(
    request: MemberRequest,
    member: Membership,
    form: MemberEditForm,
    *,
    status: int = 200,
    link: str = "",
    theirs: list[Difference] | None = None,
) -> HttpResponse:
    """Answer the page of one member; ``link`` is shown this once, ``theirs`` what somebody else saved meanwhile."""
    context = {
        "theirs": theirs,
        "member": member,
        "form": form,
        "link": link,
        "may_reset_password": can_reset_password(request.membership, member),
    }
    return render(request, "accounts/member_edit.html", context, status=status)
