"""Who may, in the accounts app."""

from django.conf import settings
from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.queries import organisations_of
from accounts.services.members import find_invitation
from accounts.services.organisations import is_setup_link_open, owner_exists
from accounts.tenancy import find_unscoped

# Session keys: an invitation or the set-up link leaves here which one it is. That it is still open is asked each time.
INVITED = "invitation"
SETTING_UP = "setup_link"
# Whoever used the set-up link up by signing up may found the organisation that it was for.
FOUNDING = "founding"


def can_sign_up(request: HttpRequest) -> bool:
    """Whether this visitor may create an account: always, by link, or until the installation has its first owner."""
    if settings.SIGNUP == "open" or has_open_link(request):
        return True
    return settings.SIGNUP != "invite" and not owner_exists()


def has_open_link(request: HttpRequest) -> bool:
    """Whether this browser opened an invitation or the set-up link that nobody has used since."""
    invitation = request.session.get(INVITED)
    return (invitation is not None and find_invitation(invitation) is not None) or is_setting_up(request)


def is_setting_up(request: HttpRequest) -> bool:
    """Whether this browser opened the set-up link, and nobody has used it since."""
    link = request.session.get(SETTING_UP)
    return link is not None and is_setup_link_open(link)


def can_create_organisation(request: HttpRequest) -> bool:
    """Whether this person may found an organisation: who may sign up without being invited, and owners."""
    if settings.SIGNUP == "open" or FOUNDING in request.session or is_setting_up(request):
        return True
    if not owner_exists(besides_demo=True):
        return True
    return find_unscoped(Membership, user_id=request.user.pk, role=Role.OWNER) is not None


def can_reset_password(member: Membership, other: Membership) -> bool:
    """Whether ``member`` may hand ``other`` a password link: an owner, for a person of no other owner's organisation.

    Otherwise an owner could take over an account and with it somebody else's organisation.
    """
    if member.role != Role.OWNER:
        return False
    return owns_everything_of(member.user, other.user)


def owns_everything_of(owner: User, user: User) -> bool:
    """Whether ``owner`` is an owner of each organisation that ``user`` is a member of."""
    owned = {organisation.pk for organisation, role in organisations_of(owner) if role == Role.OWNER}
    return all(organisation.pk in owned for organisation, _role in organisations_of(user))
