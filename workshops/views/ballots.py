"""The personal part of the phone: the cards of the running block, and one tap on one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import require_POST, require_safe
from accounts.readings import Reading
from workshops import services
from workshops.deadlines import deadline_words
from workshops.doors import (
    RoomRequest,
    guest_required,
    new_secret,
    read_secret,
    read_token,
    remember_guest,
    remember_secret,
)
from workshops.enums import ActivityState, Mode, Scale, WorkshopState
from workshops.forms import EnterForm, RatingForm, ScalesForm
from workshops.live.fragments import fragment_html
from workshops.models import Activity, ActivityStation
from workshops.queries import BallotState, ballot_state, room_state, tap_state
from workshops.services import RatingRefused, SavedRating
from workshops.views.cards import Card, OwnAnswer, answer_buttons
from workshops.views.taps import Overview, tap_answer

OVERVIEW = "overview"
# Every tap begins with it.
RATED = Reading(
    ActivityStation,
    "activity",
    where="workshops_activitystation.code = %(code)s AND workshops_activity.workshop_id = %(workshop)s",
)


@require_safe
@guest_required()
def ballot_detail(request: RoomRequest) -> HttpResponse:
    """The cards as a fragment. Without JavaScript they are part of the room's page."""
    if not request.htmx:
        return redirect("workshops:room", code=request.workshop.join_code)
    context = ballot_context(request)
    return with_secret(request, render(request, "workshops/_room_ballot.html", context), context)


@require_POST
@guest_required()
def station_rate(request: RoomRequest, station: UUID) -> HttpResponse:
    """Save one tap, or the reason for one, and answer with what is saved now."""
    rated = RATED.find(code=station, workshop=request.workshop.pk)
    if rated is None:
        raise Http404
    activity = rated.activity
    activity.workshop = request.workshop
    form = (ScalesForm if activity.mode == Mode.FULL else RatingForm)(request.POST)
    if not form.is_valid():
        return refused(request, rated, str(next(iter(form.errors.values()))[0]), status=422)
    answer = form.cleaned_data
    if only_going_on(request, answer):
        return go_on(request, rated)
    secret = read_secret(request) or new_secret()
    try:
        rating = services.rate_station(
            activity=activity, participant=request.participant, secret=secret, station=station, **answer
        )
    except RatingRefused as refusal:
        status = 422 if refusal.code in ("no_answer", "reason_too_long") else 409
        return refused(request, rated, explained(refusal), status=status)
    return saved(request, rated, rating, secret, sent=answer.get("scales", {}))


def only_going_on(request: RoomRequest, answer: dict[str, Any]) -> bool:
    """Whether the form was sent by "back" or "next" without anything to save (only without JavaScript)."""
    given = answer.get("drawer") is not None or answer.get("scales") or answer["cannot_judge"]
    return "go" in request.POST and not answer["reason"] and not given


def explained(refusal: RatingRefused) -> str:
    """The service's sentence, with what to do where a phone can do something."""
    if refusal.code == "no_answer":
        return _("Your sentence is kept here. Tap one of the answers, and both are saved together.")
    return refusal.message


def go_on(request: RoomRequest, rated: ActivityStation) -> HttpResponse:
    """Back to the room's page, at the station that was asked for."""
    address = reverse("workshops:room", kwargs={"code": request.workshop.join_code})
    return redirect(f"{address}?{urlencode({'go': request.POST.get('go') or rated.code})}")


def saved(
    request: RoomRequest, rated: ActivityStation, rating: SavedRating, secret: str, *, sent: Collection[str]
) -> HttpResponse:
    """What is saved now: the answers of this card, and its line and the count on the overview, read once.

    Of the six scales only those in ``sent`` come back, and all where “cannot judge” has emptied them: the numbers
    themselves stand on the phone already.
    """
    response = tapped(request, rated, rating, sent) if request.htmx else go_on(request, rated)
    remember_secret(response, request.workshop, secret, long=rated.activity.answers_until is not None)
    return response


def tapped(request: RoomRequest, rated: ActivityStation, rating: SavedRating, sent: Collection[str]) -> HttpResponse:
    """The same as fragments, each placed where it belongs."""
    state = tap_state(rated, rating.answers, rating.path)
    card = OwnAnswer(state.station, rated.activity.mode == Mode.FULL)
    overview = Overview(rating.total - rating.answered, state.next_open or OVERVIEW, until_words(rated.activity))
    if not card.is_full:
        return HttpResponse(tap_answer(card, overview))
    changed = [scale for scale in card.scales if state.station.cannot_judge or scale.code in sent]
    context = {"card": card, "changed": changed, "out_of_band": True, **asdict(overview)}
    return render(request, "workshops/_room_scales.html#tap_scales", context)


def refused(request: RoomRequest, rated: ActivityStation, problem: str, *, status: int) -> HttpResponse:
    """The same card with a sentence. What was typed stays: under HTMX it was never touched, else it is written back."""
    place = str(rated.code)
    if not request.htmx:
        return room_page(request, place=place, problem=problem, typed=request.POST.get("reason"), status=status)
    context = ballot_context(request)
    card = next((card for card in context.get("cards", ()) if card.code == place), None)
    if card is None:
        # The block is not open to this phone any more: the sentence stands above, the card stays as it was saved.
        response = render(request, "workshops/_room_problem.html", {"problem": problem}, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#room-stopped", "outerHTML"
        return response
    context |= {"card": card, "problem": problem}
    fragment = "_room_scales.html#station_scales" if card.is_full else "_room_ballot.html#station_answers"
    return render(request, f"workshops/{fragment}", context, status=status)


# --- the page and the cards -----------------------------------------------------------------------------------------


def room_page(
    request: RoomRequest,
    *,
    place: str = "",
    problem: str = "",
    typed: str | None = None,
    name_form: EnterForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The room's page. ``problem`` and ``typed`` belong to the card at ``place``, after a post without JavaScript."""
    context = ballot_context(request, place=place, name_form=name_form)
    if problem:
        context |= {"problem": problem, "problem_at": place, "typed": typed}
        context["cards"] = [
            written_back(request, card, typed) if card.code == place else card for card in context.get("cards", ())
        ]
    room = room_state(request.workshop)
    context |= {"room": room, "scales": Scale, "now": f"{timezone.now().timestamp():.3f}"}
    context |= {"timer": fragment_html(room, "room-timer"), "stage": fragment_html(room, "room-stage")}
    return with_secret(request, render(request, "workshops/room.html", context, status=status), context)


def written_back(request: RoomRequest, card: Card, typed: str | None) -> Card:
    """The card with the reason and the numbers as they were typed, which the server has refused."""
    station = card.station if typed is None else replace(card.station, reason=typed)
    numbers = {scale.value: request.POST.get(scale, "") for scale in Scale}
    chosen = {scale: int(number) for scale, number in numbers.items() if number.isdecimal()}
    return replace(card, station=station, typed=chosen)


def with_secret(request: RoomRequest, response: HttpResponse, context: dict[str, Any]) -> HttpResponse:
    """Give the phone the key to its ballot together with the cards, so that two quick first taps use the same.

    In a block in advance both cookies are given anew for as long as it takes, since people come back days later.
    """
    activity, secret = context.get("activity"), read_secret(request)
    in_advance = activity is not None and activity.answers_until is not None
    if not secret or in_advance:
        remember_secret(response, request.workshop, secret or new_secret(), long=in_advance)
    if in_advance and request.participant.membership_id is None:
        remember_guest(response, request.workshop, read_token(request), long=True)
    return response


def until_words(activity: Activity) -> str:
    """Until when a block in advance takes answers, as one says it; empty for one in the meeting."""
    return deadline_words(activity.answers_until) if activity.answers_until else ""


def ballot_context(request: RoomRequest, *, place: str = "", name_form: EnterForm | None = None) -> dict[str, Any]:
    """What this phone shows of the open block: its cards, or why there are none."""
    workshop, participant = request.workshop, request.participant
    context: dict[str, Any] = {
        "workshop": workshop,
        "participant": participant,
        "room_url": reverse("workshops:room", kwargs={"code": workshop.join_code}),
        "ballot_url": reverse("workshops:ballot_detail", kwargs={"code": workshop.join_code}),
    }
    activity = Activity.objects.filter(workshop=workshop, state=ActivityState.OPEN).first()
    if activity is None or workshop.state == WorkshopState.CLOSED:
        return context
    context |= {"activity": activity, "until_words": until_words(activity), "ended": activity.is_over}
    if participant.does_not_rate:
        return {**context, "stop": "does_not_rate"}
    if name_form or (activity.is_named and not participant.name):
        return {**context, "name_form": name_form or EnterForm(departments=[], needs_name=True)}
    own = ballot_state(activity, participant, read_secret(request))
    if own.on_other_device:
        return {**context, "stop": "other_device"}
    return {**context, **card_context(request, own, place)}


def card_context(request: RoomRequest, own: BallotState, place: str) -> dict[str, Any]:
    """The cards in order, which of them is shown, and how many are still open."""
    cards = cards_of(request, own)
    places = {card.code for card in cards} | {OVERVIEW}
    first_open = str(own.next_open.code) if own.next_open else OVERVIEW
    return {
        "cards": cards,
        "drawers": answer_buttons(),
        "place": place if place in places else first_open,
        "total": own.total,
        "answered": own.answered,
        "open_count": own.total - own.answered,
        "first_open": first_open,
    }


def cards_of(request: RoomRequest, own: BallotState) -> list[Card]:
    """One card a station, each knowing its neighbours."""
    codes = ["", *(str(station.code) for station in own.stations), ""]
    return [
        Card(
            station=station,
            is_full=own.activity.mode == Mode.FULL,
            counted=_("%(number)d of %(total)d") % {"number": station.number, "total": own.total},
            url=reverse("workshops:station_rate", kwargs={"code": request.workshop.join_code, "station": station.code}),
            previous=codes[index - 1],
            next=codes[index + 1],
        )
        for index, station in enumerate(own.stations, start=1)
    ]
