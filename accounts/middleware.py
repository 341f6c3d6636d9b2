"""Request ids, proxies that are believed, and the member's door."""

import ipaddress
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.validators import slug_re
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.models import Membership, Organisation
from accounts.readings import Reading
from accounts.tenancy import member_scope
from config.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponseBase]

DOOR = "/o/"
MEMBERSHIP = Reading(
    Membership,
    "organisation",
    "department",
    where="accounts_organisation.slug = %(slug)s AND accounts_membership.user_id = %(user)s",
)


class MemberRequest(HttpRequest):
    """A request that came through the member's door."""

    organisation: Organisation
    membership: Membership


class RequestIdMiddleware:
    """Gives every request an id that its log lines, its error page and its answer carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = request_id.set(secrets.token_hex(6))
        request.request_id = request_id.get()  # type: ignore[attr-defined]  # read by the error pages
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class TrustedProxyMiddleware:
    """Takes address and scheme from X-Forwarded-* when a trusted proxy sent them, and drops them otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.trusted = [ipaddress.ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forwarded_for = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if self.is_trusted(request.META.get("REMOTE_ADDR", "")):
            # The last address that is not itself a trusted proxy: whoever stands before it can write anything there.
            for address in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
                if not is_address(address):
                    break  # what stands before it is worth no more
                request.META["REMOTE_ADDR"] = address
                if not self.is_trusted(address):
                    break
        else:
            for header in ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"):
                request.META.pop(header, None)
        return self.get_response(request)

    def is_trusted(self, address: str) -> bool:
        """Whether ``address`` (IPv4 or IPv6, textual) lies in one of TRUSTED_PROXIES."""
        return is_address(address) and any(ipaddress.ip_address(address) in network for network in self.trusted)


def is_address(text: str) -> bool:
    """Whether ``text`` is an IPv4 or IPv6 address and nothing else."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class PersonalMiddleware:
    """Keeps answers out of every cache, also on a computer that several people use, unless the view says otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class OrganisationMiddleware:
    """The member's door: turns /o/<org>/ into a membership and holds the organisation's scope open.

    Who is not logged in is sent to the login, whether or not the organisation exists; who is no member gets a 404.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(DOOR):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return ask_to_log_in(request)
        slug = request.path_info[len(DOOR) :].split("/", 1)[0]
        # What no organisation can be called is not asked for: PostgreSQL takes no NUL, for one.
        membership = find_membership(request, slug) if slug_re.fullmatch(slug) else None
        if membership is None:
            raise Http404
        request.membership = membership  # type: ignore[attr-defined]  # see MemberRequest
        request.organisation = membership.organisation  # type: ignore[attr-defined]
        zone = membership.organisation.time_zone
        with member_scope(membership.organisation), timezone.override(zone):
            return self.get_response(request)


def find_membership(request: HttpRequest, slug: str) -> Membership | None:
    """Return the membership of the logged-in user in the organisation ``slug``, with its organisation, or None."""
    membership = MEMBERSHIP.find(slug=slug, user=request.user.pk)
    if membership is not None:
        membership.user = request.user  # type: ignore[assignment]  # loaded already
    return membership


def ask_to_log_in(request: HttpRequest) -> HttpResponseBase:
    """Lead to the login and from there back to the page that was open; the login says so when one has ended."""
    if asks_for_stream(request):
        return HttpResponse(status=204)
    # A fragment is asked for by a page that was open, also when the cookie went with an earlier answer.
    was_open = is_poll(request) or "HX-Request" in request.headers
    has_ended = was_open or settings.SESSION_COOKIE_NAME in request.COOKIES
    login_url = resolve_url(settings.LOGIN_URL)
    response = redirect_to_login(page_around(request), f"{login_url}?ended=1" if has_ended else login_url)
    return lead_away(response["Location"]) if is_poll(request) else response


def asks_for_stream(request: HttpRequest) -> bool:
    """Whether an EventSource asks. It connects again for ever unless the answer is 204, and complains about a page."""
    return request.headers.get("Accept") == "text/event-stream"


def is_poll(request: HttpRequest) -> bool:
    """Whether js/live.js asks for what is new."""
    return "X-Poll" in request.headers


def lead_away(address: str) -> HttpResponse:
    """Tell a live page that it has lost its right to be open, and where it goes from here."""
    return HttpResponse(status=204, headers={"X-Gone": address})


def page_around(request: HttpRequest) -> str:
    """The page that a request came from: itself, or the page around a fragment, a poll or a sent form."""
    reads = request.method in ("GET", "HEAD")
    if reads and not is_poll(request) and "HX-Request" not in request.headers:
        return request.get_full_path()
    try:
        origin = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # such as "http://["
        origin = urlsplit("")
    if origin.netloc == request.get_host() and origin.path.startswith(DOOR):
        return origin._replace(scheme="", netloc="", fragment="").geturl()
    return f"{DOOR}{request.path_info[len(DOOR) :].split('/', 1)[0]}/"
