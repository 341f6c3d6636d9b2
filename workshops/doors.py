"""The guest's door: /w/<join code>/ opens exactly one workshop, for its participants.

A member is recognised by the login, a guest by a signed cookie that holds a random token; the server keeps its hash.
Neither needs a session row, whose expiry would say when somebody was here.
"""

from __future__ import annotations

import ipaddress
import math
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache, wraps
from inspect import iscoroutinefunction
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.decorators import View, stamp
from accounts.limits import attempt_key, attempts_left, count_attempt, window_end
from accounts.middleware import asks_for_stream, is_poll, lead_away
from accounts.models import Membership, Organisation
from accounts.readings import Reading
from accounts.tenancy import find_unscoped, guest_scope
from config.htmx import HtmxRequest
from workshops.deadlines import LONGEST
from workshops.enums import WorkshopState
from workshops.models import Activity, Participant, Workshop
from workshops.services import hash_token

# A workshop day, and the evening on which somebody looks again.
COOKIE_AGE = timedelta(hours=24)
# On the device, while a block is open in advance; how long an identity is good for, ``is_still_awaited`` says.
LONG_COOKIE_AGE = 2 * LONGEST
# Only codes that do not exist count, so a whole room joins from one address. 30^6 codes against 600 guesses an hour.
FAILED_CODES = 100
FAILED_WINDOW = timedelta(minutes=10)


BY_CODE = Reading(Workshop, "organisation", where="workshops_workshop.join_code = %(join_code)s")
# Who is in the room brings the workshop along: a whole room taps at the same moment.
BY_TOKEN = Reading(
    Participant,
    "workshop__organisation",
    "department",
    # The last part says nothing new; a prepared statement may use the index, which leaves out empty ones, only with it.
    where="workshops_workshop.join_code = %(join_code)s AND workshops_participant.token_hash = %(token)s"
    " AND workshops_participant.token_hash <> ''",
)
BY_LOGIN = Reading(
    Participant,
    "workshop__organisation",
    "department",
    "membership",
    where="workshops_workshop.join_code = %(join_code)s AND accounts_membership.user_id = %(user)s",
)


class GuestRequest(HtmxRequest):
    """A request that came through the guest's door."""

    workshop: Workshop
    participant: Participant | None
    # The membership of a logged-in visitor in the workshop's organisation; None for guests.
    member: Membership | None


class RoomRequest(GuestRequest):
    """A request of somebody who takes part."""

    participant: Participant


def guest_required(*, joined: bool = True) -> Callable[[View], View]:
    """Open the scope of the workshop in the address, in the visitor's language and the organisation's time zone.

    With ``joined`` only those who take part come in; the others are led to the room's page, which lets them in or says
    why not. A code that does not exist answers 404 with the code field, a closed workshop 410 to those who were never
    in it, and too many failed codes 429.
    """

    def decorate(view: View) -> View:
        if iscoroutinefunction(view):

            @wraps(view)
            async def inner_async(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
                guest = cast(GuestRequest, request)
                if (refusal := await sync_to_async(knock)(guest, code, joined=joined)) is not None:
                    return refusal
                with room_open(guest):
                    return await view(guest, *args, **kwargs)

            return stamp(inner_async, "guest")

        @wraps(view)
        def inner(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            guest = cast(GuestRequest, request)
            if (refusal := find_room(guest, code)) is not None:
                return refusal
            with room_open(guest):
                response = let_in(guest, code, joined=joined) or view(guest, *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        return stamp(inner, "guest")

    return decorate


def knock(request: GuestRequest, code: str, *, joined: bool) -> HttpResponseBase | None:
    """Set ``workshop``, ``member`` and ``participant`` on the request, or return the answer that keeps it out."""
    if (refusal := find_room(request, code)) is not None:
        return refusal
    with room_open(request):
        return let_in(request, code, joined=joined)


def find_room(request: GuestRequest, code: str) -> HttpResponseBase | None:
    """Set ``workshop``, and as ``participant`` whom login or cookie name; return the answer where there is no room."""
    join_code = code.upper()
    found = find_participant(request, join_code)
    workshop = BY_CODE.find(join_code=join_code) if found is None else found.workshop
    if workshop is None:
        return refuse_code(request, join_code)
    request.workshop, request.participant = workshop, found
    return None


def find_participant(request: GuestRequest, join_code: str) -> Participant | None:
    """Who the visitor is in the room with this code: by login, else by the guest's cookie, which is still to be tested.

    Somebody else's member is a guest.
    """
    if request.user.is_authenticated:
        found = BY_LOGIN.find(join_code=join_code, user=request.user.pk)
        if found is not None:
            return found
    token = request.COOKIES.get(f"guest_{join_code}", "").partition(":")[0]  # as TimestampSigner writes it
    return BY_TOKEN.find(join_code=join_code, token=hash_token(token)) if token else None


def let_in(request: GuestRequest, code: str, *, joined: bool) -> HttpResponseBase | None:
    """Set ``member``, and forget a ``participant`` whose cookie is not ours; return the answer to who stays outside.

    Needs the room's scope.
    """
    found = request.participant
    by_login = found is not None and found.membership_id is not None
    request.member = find_member(request, found) if request.user.is_authenticated else None
    if not by_login and not read_token(request):
        request.participant = None
    join_code = request.workshop.join_code
    if code != join_code and request.method in ("GET", "HEAD"):
        # Cookies are bound to the one spelling of the path.
        return redirect(str(request.resolver_match and reverse_as(request, join_code)))
    if request.participant is None:
        return keep_out(request, joined=joined)
    return stop(request) if joined and not request.participant.takes_part else None


def reverse_as(request: GuestRequest, join_code: str) -> str:
    """The address of this request with the code as it is stored."""
    match = request.resolver_match
    assert match is not None  # noqa: S101 - narrows the type; every request that reaches a view has one
    return reverse(match.view_name, kwargs={**match.kwargs, "code": join_code})


def keep_out(request: GuestRequest, *, joined: bool) -> HttpResponseBase | None:
    """The answer to somebody who is not in this room (any more), or None when the view may let them in."""
    if minutes := minutes_to_wait(request):
        return join_page(request, request.workshop.join_code, "limited", status=429, minutes=minutes)
    if request.workshop.state == WorkshopState.CLOSED:
        return join_page(request, request.workshop.join_code, "closed", status=410)
    return stop(request) if joined else None


def stop(request: GuestRequest) -> HttpResponseBase:
    """Send a page to the room's page; tell a fragment why nothing happened, and leave what was typed where it is.

    A stream ends without a complaint, and the poll that follows it leads the page away.
    """
    room_url = reverse("workshops:room", kwargs={"code": request.workshop.join_code})
    if asks_for_stream(request):
        return HttpResponse(status=204)
    if is_poll(request):
        return lead_away(room_url if request.participant else f"{room_url}?ended=1")
    if not request.htmx:
        return (
            redirect(room_url)
            if "text/html" in request.headers.get("Accept", "text/html")
            else HttpResponse(status=403)
        )
    context = {"participant": request.participant, "room_url": room_url}
    response = render(request, "workshops/_room_stopped.html", context, status=409)
    response["HX-Retarget"] = "#room-stopped"
    response["HX-Reswap"] = "outerHTML"
    return response


def refuse_code(request: HttpRequest, code: str) -> HttpResponse:
    """Count a code that does not exist and answer with the code field."""
    if minutes := minutes_to_wait(request):
        return join_page(request, code, "limited", status=429, minutes=minutes)
    count_attempt(failed_key(request), window=FAILED_WINDOW)
    return join_page(request, code, "unknown", status=404)


def join_page(request: HttpRequest, code: str, problem: str, *, status: int, minutes: int = 0) -> HttpResponse:
    """The page with the code field, a sentence about ``problem``, and the code that was tried."""
    context = {"code": code[:40], "problem": problem, "minutes": minutes}
    response = render(request, "workshops/join.html", context, status=status)
    if minutes:
        response["Retry-After"] = str(minutes * 60)
    return response


def failed_key(request: HttpRequest) -> str:
    """The key under which failed codes of this address are counted; an IPv6 host has its whole /64 to itself."""
    address = request.META.get("REMOTE_ADDR", "")
    try:
        if ipaddress.ip_address(address).version == 6:
            address = str(ipaddress.ip_network(f"{address}/64", strict=False))
    except ValueError:
        pass  # a Unix socket has no address; everybody behind it shares one count
    return attempt_key("join", address)


def minutes_to_wait(request: HttpRequest) -> int:
    """0, or the whole minutes until this address may try codes again."""
    key = failed_key(request)
    if attempts_left(key, limit=FAILED_CODES) > 0:
        return 0
    seconds = (window_end(key) - timezone.now()).total_seconds()
    return max(1, math.ceil(seconds / 60))


@contextmanager
def room_open(request: GuestRequest) -> Generator[None]:
    """Hold the workshop's scope open, in the visitor's language and the organisation's time zone."""
    organisation = request.workshop.organisation
    language = language_of(request, organisation)
    with (
        guest_scope(organisation, request.workshop),
        translation.override(language),
        timezone.override(organisation.time_zone),
    ):
        yield


def language_of(request: HttpRequest, organisation: Organisation) -> str:
    """The language that the visitor chose, else the browser's if we speak it, else the organisation's."""
    wanted = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    wanted += [name for name, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    for name in wanted:
        try:
            return get_supported_language_variant(name)
        except LookupError:
            continue
    return organisation.language


def find_member(request: GuestRequest, found: Participant | None) -> Membership | None:
    """The logged-in visitor as a member of the workshop's organisation; who was ``found`` by login brings it along."""
    member = found.membership if found is not None else None
    if member is None:
        return find_unscoped(
            Membership,
            organisation_id=request.workshop.organisation_id,
            user_id=request.user.pk,
            select_related=("user", "department"),
        )
    member.user = request.user  # type: ignore[assignment]  # found by it, and loaded already
    return member


# --- cookies --------------------------------------------------------------------------------------------------------


def new_secret() -> str:
    """A random secret for one device: an identity, or the key to its own ballot."""
    return secrets.token_urlsafe(32)


def read_token(request: GuestRequest) -> str:
    """The guest's token from the signed cookie, or an empty string."""
    return unsign(request.workshop, request.COOKIES.get(f"guest_{request.workshop.join_code}", ""))


def sign(workshop: Workshop, token: str) -> str:
    """``token`` with the time and a signature that is good for this workshop only."""
    return signing.TimestampSigner(salt=f"guest.{workshop.code}").sign(token)


def unsign(workshop: Workshop, value: str) -> str:
    """The token in ``value``, or an empty string when it is not ours, too old, or of another workshop."""
    signer = signing.TimestampSigner(salt=f"guest.{workshop.code}")
    try:
        return signer.unsign(value, max_age=COOKIE_AGE)
    except signing.SignatureExpired:
        return signer.unsign(value) if is_still_awaited(workshop) else ""
    except signing.BadSignature:
        return ""


def is_still_awaited(workshop: Workshop) -> bool:
    """Whether guests of a block in advance may come back: until it is revealed, and for the day of the meeting.

    That is the day after the reveal or, where the moderator revealed before it, after the planned time. One query.
    """
    lately = timezone.now() - COOKIE_AGE
    in_advance = Activity.objects.filter(workshop=workshop, answers_until__isnull=False, opened_at__isnull=False)
    if workshop.planned_for is not None and workshop.planned_for > lately:
        return in_advance.exists()
    return in_advance.exclude(revealed_at__lte=lately).exists()


def remember_guest(response: HttpResponse, workshop: Workshop, token: str, *, long: bool = False) -> None:
    """Give the device its identity in this workshop."""
    set_room_cookie(response, workshop, "guest", sign(workshop, token), long=long)


def read_secret(request: GuestRequest) -> str:
    """The key to this device's own ballot, or an empty string."""
    return request.COOKIES.get(f"ballot_{request.workshop.join_code}", "")[:100]


def remember_secret(response: HttpResponse, workshop: Workshop, secret: str, *, long: bool = False) -> None:
    """Give the device the key to its own ballot; nothing else leads there."""
    set_room_cookie(response, workshop, "ballot", secret, long=long)


@lru_cache(maxsize=256)
def room_path(join_code: str) -> str:
    """The address of a room, below which its cookies lie; looked up once, since every tap gives one anew."""
    return reverse("workshops:room", kwargs={"code": join_code})


def set_room_cookie(response: HttpResponse, workshop: Workshop, kind: str, value: str, *, long: bool) -> None:
    """Set a cookie that only this workshop's addresses receive; ``long`` while a block is open in advance."""
    response.set_cookie(
        f"{kind}_{workshop.join_code}",
        value,
        max_age=LONG_COOKIE_AGE if long else COOKIE_AGE,
        path=room_path(workshop.join_code),
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
