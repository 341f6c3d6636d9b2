"""What every template may use."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.enums import Role
from accounts.permissions import can_sign_up


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
        "mail_banner": membership is not None and membership.role == Role.OWNER and not settings.HAS_MAIL,
    }
