"""What every template may use."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import Membership
from accounts.permissions import can_sign_up

# Beside the pages of this app, those on which people are invited.
ABOUT_PEOPLE = ("workshops:home", "workshops:workshop_invite")


def product(request: HttpRequest) -> dict[str, Any]:
    """Return the name, the operator's links, the request id, and whether to tell owners that no mail is sent."""
    membership = getattr(request, "membership", None)
    return {
        "product_name": "Touchpoint-Werkstatt",
        "imprint_url": settings.IMPRINT_URL,
        "privacy_url": settings.PRIVACY_URL,
        "request_id": getattr(request, "request_id", ""),
        "has_mail": settings.HAS_MAIL,
        "signup_open": partial(can_sign_up, request),  # asked for by the login page only
        "mail_banner": not settings.HAS_MAIL and _is_owner_among_people(request, membership),
    }


def _is_owner_among_people(request: HttpRequest, membership: Membership | None) -> bool:
    """Whether an owner is where people are asked to come; a console or a curve has no room for the post."""
    if membership is None or membership.role != Role.OWNER or request.resolver_match is None:
        return False
    return request.resolver_match.app_name == "accounts" or request.resolver_match.view_name in ABOUT_PEOPLE
