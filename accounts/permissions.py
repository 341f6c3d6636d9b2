"""Who may, in the accounts app."""

from django.conf import settings
from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import Membership
from accounts.services import owner_exists

# Session key under which an invitation or the set-up link leaves that its holder may sign up.
MAY_SIGN_UP = "may_sign_up"


def can_sign_up(request: HttpRequest) -> bool:
    """Whether this visitor may create an account: always, by link, or until the installation has its first owner."""
    if settings.SIGNUP == "open" or request.session.get(MAY_SIGN_UP):
        return True
    return settings.SIGNUP != "invite" and not owner_exists()


def can_edit_organisation(member: Membership) -> bool:
    """Whether ``member`` changes settings, departments and people."""
    return member.role == Role.OWNER


def can_edit_departments(member: Membership) -> bool:
    """Whether ``member`` changes departments and providers."""
    return member.moderates
