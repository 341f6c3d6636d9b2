"""Stations: add, describe, move, take off, put back."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_form, require_POST
from accounts.enums import MODERATING
from accounts.forms import take_version
from accounts.middleware import MemberRequest
from accounts.services.edits import StaleEdit
from config.htmx import render_partial
from journeys.forms import MoveForm, PutBackForm, QuickAddForm, StationForm, new_code
from journeys.models import Journey, Station
from journeys.permissions import can_edit_journeys
from journeys.queries import station_reading
from journeys.services.stations import (
    Direction,
    Move,
    PlaceGone,
    Removal,
    add_station,
    move_station,
    place_all,
    place_touchpoint,
    remove_station,
    shift_station,
    update_station,
)
from journeys.views.board import BOARD, Note, answer_change, board_context, find_journey, render_changes
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from touchpoints.queries import namesakes

FORM = "journeys/station_edit.html"


@require_POST
@member_required(*MODERATING)
def station_add(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Add a station by the touchpoint's name, or put one back that was just taken off."""
    journey = get_object_or_404(Journey, code=code)
    if "touchpoint" in request.POST:
        return put_back(request, journey)
    form = QuickAddForm(request.POST)
    if not form.is_valid():
        return answer_quick_add(request, code, form)
    data = form.cleaned_data
    phase = Phase(data["phase"])
    add_station(journey=journey, phase=phase, name=data["name"], code=data["code"], by=request.membership)
    note = archived_note(phase, data["name"])
    return answer_change(request, code, note, event="station-added", fresh_phase=data["phase"])


@require_POST
@member_required(*MODERATING)
def station_add_all(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Place what the catalogue holds for a phase, or for all phases, and is not on the journey yet."""
    journey = get_object_or_404(Journey, code=code)
    phase = request.POST.get("phase", "")
    count = place_all(journey=journey, by=request.membership, phase=Phase(phase) if phase in Phase.values else None)
    text = ngettext(
        "%(count)d station was taken from the catalogue.", "%(count)d stations were taken from the catalogue.", count
    )
    return answer_change(request, code, Note(text % {"count": count}))


@require_form
@member_required()
def station_edit(request: MemberRequest, code: uuid.UUID, station: uuid.UUID) -> HttpResponse:
    """Show a station to everybody, and describe it for those who may edit; who was slower sees both versions."""
    journey = get_object_or_404(Journey, code=code)
    if not can_edit_journeys(request.membership):
        return station_read(request, journey, station)
    row = find_station(journey, station)
    if request.method != "POST":
        return show_station(request, journey, get_object_or_404(Station, journey=journey, code=station))
    form = StationForm(request.POST)
    if row is None:
        return render_partial(
            request, FORM, "station_form", {"form": form, "journey": journey, "gone": True}, status=409
        )
    if not form.is_valid():
        return render_partial(request, FORM, "station_form", station_context(form, journey, row), status=422)
    words = {name: form.cleaned_data[name] for name in StationForm.Meta.fields}
    try:
        update_station(station=row, version=form.cleaned_data["version"], by=request.membership, **words)
    except StaleEdit as stale:
        return answer_stale(request, journey, form, stale.current)
    return answer_saved(request, journey, row)


def station_read(request: MemberRequest, journey: Journey, code: uuid.UUID) -> HttpResponse:
    """Show a station to those who do not edit, as a page or in the board's dialog; what they send is refused."""
    if request.method == "POST":
        return render(request, "403.html", status=403)
    reading = station_reading(journey, code)
    if reading is None:
        raise Http404
    context = {"journey": journey, "reading": reading, "card": reading.card, "touchpoint": reading.station.touchpoint}
    return render_partial(request, "journeys/station_detail.html", "station_detail", context)


@require_POST
@member_required(*MODERATING)
def station_move(request: MemberRequest, code: uuid.UUID, station: uuid.UUID) -> HttpResponse:
    """Move a station by a step, or to a place that was dragged to."""
    journey = get_object_or_404(Journey, code=code)
    row = find_station(journey, station)
    if row is None:
        return answer_change(request, code, gone_note(), status=409)
    form = MoveForm(request.POST)
    if not form.is_valid():
        note = Note(_("It is not clear where the station should go. This is how the path is now."), warns=True)
        return answer_change(request, code, note, status=422)
    try:
        move = carry_out(form, row, request)
    except (StaleEdit, PlaceGone):
        note = Note(
            _("Somebody else has changed the path meanwhile, so “%(name)s” was not moved. This is how the path is now.")
            % {"name": row.touchpoint.name},
            warns=True,
        )
        return answer_change(request, code, note, status=409)
    return answer_change(request, code, move_note(request, code, move))


@require_POST
@member_required(*MODERATING)
def station_remove(request: MemberRequest, code: uuid.UUID, station: uuid.UUID) -> HttpResponse:
    """Take a station off the path and offer to put it back; one that is gone already is no mistake."""
    journey = get_object_or_404(Journey, code=code)
    row = find_station(journey, station)
    if row is None:
        return answer_change(request, code, gone_note())
    return answer_change(request, code, removal_note(request, code, remove_station(station=row, by=request.membership)))


def find_station(journey: Journey, code: uuid.UUID) -> Station | None:
    """Return the station of this journey with its touchpoint, or None."""
    return Station.objects.filter(journey=journey, code=code).select_related("touchpoint", "journey").first()


def put_back(request: MemberRequest, journey: Journey) -> HttpResponse:
    """Undo a removal: the same station at the same place with its words."""
    form = PutBackForm(request.POST)
    if not form.is_valid():
        note = Note(_("The station could not be put back. Add it again in its column."), warns=True)
        return answer_change(request, journey.code, note, status=422)
    data = dict(form.cleaned_data)
    touchpoint = get_object_or_404(Touchpoint, code=data.pop("touchpoint"))
    place_touchpoint(journey=journey, touchpoint=touchpoint, by=request.membership, **data)
    return answer_change(request, journey.code)


def answer_quick_add(request: MemberRequest, code: uuid.UUID, form: QuickAddForm) -> HttpResponse:
    """Show the column's form again with what was typed and what is wrong."""
    phase = form.data.get("phase", "")
    typed = {"name": form.data.get("name", ""), "errors": form.errors.get("name", form.errors.get("code", []))}
    if phase not in Phase.values:
        note = Note(_("It is not clear into which phase the station belongs."), warns=True)
        return answer_change(request, code, note, status=422)
    context = board_context(request, find_journey(code))
    context["columns"] = [
        (column, {**extra, **(typed if column.phase == phase else {})}) for column, extra in context["columns"]
    ]
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return render(request, BOARD, context, status=422)
    column = next(column for column in context["board"].columns if column.phase == phase)
    context.update({"column": column, "extra": {"code": new_code(), **typed}})
    return render(request, f"{BOARD}#board_add", context, status=422)


def show_station(request: MemberRequest, journey: Journey, row: Station) -> HttpResponse:
    """Show the form of a station, as a page or in the board's dialog."""
    form = StationForm(instance=row, initial={"version": row.version})
    return render_partial(request, FORM, "station_form", station_context(form, journey, row))


def station_context(form: StationForm, journey: Journey, row: Station) -> dict[str, object]:
    """Return what the station's form is drawn from, with its place on the path."""
    path = list(Station.objects.filter(journey=journey).select_related("touchpoint").in_order())
    place = next((place for place, other in enumerate(path) if other.pk == row.pk), 0)
    return {
        "form": form,
        "journey": journey,
        "station": path[place],
        "number": place + 1,
        "count": len(path),
        "following": path[place + 1] if place + 1 < len(path) else None,
    }


def answer_saved(request: MemberRequest, journey: Journey, row: Station) -> HttpResponse:
    """After saving: back to the board, or on to the next station when that was asked for."""
    context = station_context(StationForm(), journey, row)
    following = context["following"]
    organisation = request.organisation.slug
    if "next" not in request.POST or not isinstance(following, Station):
        return answer_change(request, journey.code, event="station-saved")
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return redirect("journeys:station_edit", org=organisation, code=journey.code, station=following.code)
    response = show_station(request, journey, following)
    response.write(render_changes(request, find_journey(journey.code)).content.decode())
    return response


def answer_stale(request: HttpRequest, journey: Journey, form: StationForm, current: object) -> HttpResponse:
    """Show what was typed and, where it differs, what is saved by now; saving again is then a decision."""
    assert isinstance(current, Station)  # noqa: S101 - narrows the type
    theirs = [
        {"label": form.fields[name].label, "value": getattr(current, name)}
        for name in StationForm.Meta.fields
        if getattr(current, name) != form.cleaned_data[name]
    ]
    take_version(form, current.version)
    context = {**station_context(form, journey, current), "stale": True, "theirs": theirs}
    return render_partial(request, FORM, "station_form", context, status=409)


def carry_out(form: MoveForm, row: Station, request: MemberRequest) -> Move:
    """Move by a step or to a place, whichever the form names."""
    data, by = form.cleaned_data, request.membership
    if data["to"]:
        return shift_station(station=row, version=data["version"], direction=Direction(data["to"]), by=by)
    return move_station(station=row, version=data["version"], phase=Phase(data["phase"]), before=data["before"], by=by)


def archived_note(phase: Phase, name: str) -> Note | None:
    """Say that the archive holds the name that was typed, since a new touchpoint may not be what was meant."""
    if not any(touchpoint.archived_at for touchpoint in namesakes(phase, name)):
        return None
    return Note(_("The archive of the catalogue holds another “%(name)s” of this phase.") % {"name": name})


def gone_note() -> Note:
    """Say that somebody else was faster."""
    return Note(_("Somebody else has taken this station off meanwhile. This is how the path is now."), warns=True)


def move_note(request: MemberRequest, code: uuid.UUID, move: Move) -> Note | None:
    """Say that the touchpoint's phase changed with the move, and offer to undo it; an ordinary move needs no words."""
    if not move.changed_phase:
        return None
    names = {"name": move.station.touchpoint.name, "phase": move.new_phase.label, "count": move.others}
    text = _("“%(name)s” now belongs to the phase “%(phase)s”, in the catalogue too.") % names
    if move.others:
        text += (
            " "
            + ngettext(
                "It moved along at %(count)d other place.", "It moved along at %(count)d other places.", move.others
            )
            % names
        )
    url = reverse("journeys:station_move", args=[request.organisation.slug, code, move.station.code])
    fields = {"version": str(move.station.place_version + 1), "phase": move.old_phase.value}
    if move.old_before:
        fields["before"] = str(move.old_before)
    return Note(text, undo_url=url, undo_fields=fields)


def removal_note(request: MemberRequest, code: uuid.UUID, removal: Removal) -> Note:
    """Say what was taken off, and offer to put it back."""
    fields = {
        "code": str(removal.code),
        "touchpoint": str(removal.touchpoint),
        "before": str(removal.before or ""),
        "expectation": removal.expectation,
        "reality": removal.reality,
        "reaction": removal.reaction,
    }
    text = _("“%(name)s” was taken off the journey. The touchpoint stays in the catalogue.") % {"name": removal.name}
    return Note(
        text, undo_url=reverse("journeys:station_add", args=[request.organisation.slug, code]), undo_fields=fields
    )
