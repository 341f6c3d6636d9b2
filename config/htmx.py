"""What HTMX needs of the server: typed requests, fragments, redirects and messages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, HttpResponseLocation
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """An HTTP request after the HTMX middleware."""

    htmx: HtmxDetails


def render_partial(
    request: HttpRequest, template: str, partial: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Answer the whole page, or under HTMX only its fragment ``partial``.

    The server names the fragment; a client can never choose one. With a status of 409 or 422 the fragment is swapped
    all the same (see the htmx configuration in base.html).
    """
    name = f"{template}#{partial}" if request.htmx else template  # type: ignore[attr-defined]  # set by HtmxMiddleware
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


Middleware = Callable[[HttpRequest], HttpResponseBase]


class RedirectMiddleware:
    """Turns a redirect under HTMX into HX-Location, or into HX-Redirect when it leads to the login.

    A browser follows a 302 before HTMX sees it, and the login page would end up inside a card.
    """

    def __init__(self, get_response: Middleware) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not getattr(request, "htmx", False) or response.status_code not in (301, 302, 303):
            return response
        target = response["Location"]
        answer: HttpResponse
        if urlsplit(target).path == resolve_url(settings.LOGIN_URL):
            answer = HttpResponseClientRedirect(target)
        else:
            answer = HttpResponseLocation(target)
        answer.cookies = response.cookies
        return answer


class MessagesMiddleware:
    """Appends flash messages out-of-band to a fragment, so that they appear without a page load."""

    def __init__(self, get_response: Middleware) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            getattr(request, "htmx", False)
            and isinstance(response, HttpResponse)
            and response.get("Content-Type", "").startswith("text/html")
            and not {"HX-Location", "HX-Redirect", "HX-Refresh"} & set(response.headers)
            and (messages := list(get_messages(request)))
        ):
            fragment = render_to_string("messages.html", {"messages": messages, "out_of_band": True}, request)
            response.write(fragment)
        return response
