"""The application with one more address: an empty view behind the member's door, the measure of what a page costs.

It passes the same middleware, session, membership and scope as every page, and answers nothing.
"""

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

asgi = get_asgi_application()
wsgi = get_wsgi_application()

# Django is set up only now.
from accounts.decorators import member_required, require_safe  # noqa: E402
from config import urls  # noqa: E402


@require_safe
@member_required()
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse()


urls.urlpatterns.append(path("o/<slug:org>/empty/", empty))
