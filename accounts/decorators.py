"""What stands above every view: its method, and who may open it.

A guard test walks the address tree and fails on a view without one of the stamps set here or in workshops.doors.
"""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import EVERYBODY, Role

View = Callable[..., Any]

# Shows a form (GET) and takes it (POST).
require_form = require_http_methods(["GET", "HEAD", "POST"])


def stamp(view: View, door: str) -> View:
    """Mark ``view`` as checked at ``door``; the guard test reads the mark."""
    view.door = door  # type: ignore[attr-defined]  # read by tests/guards
    return view


def public(view: View) -> View:
    """Open a view to everybody, on purpose."""
    return stamp(view, "public")


def member_required(*roles: Role) -> Callable[[View], View]:
    """Let in members whose role is one of ``roles`` (none named: every member); others get a 403.

    The member's door has already answered 404 to strangers and sent anonymous visitors to the login.
    """
    allowed = frozenset(roles) or EVERYBODY

    def decorate(view: View) -> View:
        def check(request: HttpRequest) -> None:
            if request.membership.role not in allowed:  # type: ignore[attr-defined]  # set by the door
                raise PermissionDenied

        if iscoroutinefunction(view):

            @wraps(view)
            async def inner_async(request: HttpRequest, org: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
                check(request)
                return await view(request, *args, **kwargs)

            return stamp(inner_async, "member")

        @wraps(view)
        def inner(request: HttpRequest, org: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request)
            return view(request, *args, **kwargs)

        return stamp(inner, "member")

    return decorate


__all__ = ["member_required", "public", "require_POST", "require_form", "require_safe", "stamp"]
