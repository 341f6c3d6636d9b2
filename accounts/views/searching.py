"""How a list with a search is answered, in this application and in those that build on it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django_htmx.http import replace_url

from accounts.queries import Found
from config.htmx import render_partial


def answer_found(
    request: HttpRequest, template: str, partial: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer the page, or under HTMX the list ``partial`` alone; what was searched for stays in the address.

    The context holds as ``found`` what accounts.queries.search left.
    """
    found: Found[Any] = context["found"]
    response = render_partial(request, template, partial, context, status=status)
    return replace_url(response, f"?{urlencode({'q': found.words})}" if found.words else request.path)
