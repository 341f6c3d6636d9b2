"""One touchpoint: add, edit, move, archive, remove."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from accounts.decorators import member_required, require_form, require_POST
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from accounts.services.edits import StaleEdit
from config.htmx import render_partial
from touchpoints.csv_exchange.headings import FIELDS, heading
from touchpoints.csv_exchange.writing import cell_of
from touchpoints.enums import Shelf
from touchpoints.forms.touchpoints import TouchpointForm
from touchpoints.models import Touchpoint
from touchpoints.permissions import can_edit_touchpoints
from touchpoints.queries import (
    PAGE_SIZE,
    Catalogue,
    catalogue_counts,
    catalogue_phase,
    channels_in_use,
    departments_in_order,
    end_of_phase,
    journeys_of,
    measures_of,
    namesakes,
    newest_entries,
    place_in_phase,
    places_in_phase,
)
from touchpoints.services import (
    OrderChanged,
    TouchpointInUse,
    archive_touchpoint,
    create_touchpoint,
    move_touchpoint,
    remove_touchpoint,
    restore_touchpoint,
    update_touchpoint,
)
from touchpoints.views.lists import (
    LIST,
    list_address,
    list_context,
    query_without_page,
    quick_form,
    shelf_address,
)

EDIT = "touchpoints/touchpoint_edit.html"


@require_form
@member_required(*MODERATING)
def touchpoint_create(request: MemberRequest) -> HttpResponseBase:
    """Add a touchpoint, from the one line above the list or from the whole form."""
    is_quick = request.htmx.target == "quick-add"  # type: ignore[attr-defined]  # set by HtmxMiddleware
    data = request.POST if request.method == "POST" else None
    initial = {"code": uuid.uuid4(), "phase": request.GET.get("phase", ""), "name": request.GET.get("name", "")}
    departments = departments_in_order()
    form = TouchpointForm(data, initial=initial, departments=departments, auto_id="quick_%s" if is_quick else "id_%s")
    if data is None or not form.is_valid():
        status = 200 if data is None else 422
        return answer_quick(request, form, status) if is_quick else answer_form(request, form, None, status)
    is_new = not Touchpoint.objects.filter(code=form.cleaned_data["code"]).exists()
    touchpoint = create_touchpoint(code=form.cleaned_data["code"], by=request.membership, **form.values)
    if not is_quick:
        messages.success(request, _("“%(name)s” is in the catalogue.") % {"name": touchpoint.name})
        say_twin(request, touchpoint)
        return redirect(list_address(request, touchpoint.phase))
    form = quick_form(touchpoint.phase, departments)
    if is_new and (context := row_context(request, touchpoint)):
        twin = {"twin": twin_of(touchpoint)}
        return render(request, f"{LIST}#quick_add", context | twin | {"form": form, "added": touchpoint})
    return answer_quick(request, form, 200, added=touchpoint)


def twin_of(touchpoint: Touchpoint | None) -> Touchpoint | None:
    """Return another touchpoint of the same name in the same phase, one in use before one of the archive, or None."""
    others = namesakes(touchpoint.phase, touchpoint.name) if touchpoint else []
    return next((other for other in others if other != touchpoint), None)


def say_twin(request: MemberRequest, touchpoint: Touchpoint) -> None:
    """Say that the name is there twice; that is allowed, but seldom meant."""
    if (twin := twin_of(touchpoint)) is None:
        return
    if twin.archived_at:
        text = _("The archive holds another “%(name)s” of this phase. If you meant that one, bring it back from there.")
    else:
        text = _("There is another “%(name)s” in this phase. If both are the same, merge them under “Duplicates”.")
    messages.info(request, text % {"name": twin.name})


def row_context(request: MemberRequest, added: Touchpoint) -> dict[str, Any]:
    """Return what adds one row to the list, or nothing where the page shows anything but all the others."""
    shown = QueryDict(urlsplit(request.htmx.current_url or "").query)  # type: ignore[attr-defined]  # see HtmxRequest
    counts = catalogue_counts()
    total, seen = counts.active, request.POST.get("seen", "")
    if query_without_page(shown) or seen == "0" or seen != str(total - 1) or total > PAGE_SIZE:
        return {}
    group = end_of_phase(added.phase, counts.phases[added.phase].active)
    if group.rows[-1].touchpoint != added:
        return {}
    everything = Catalogue((group,), total, is_filtered=False, page=1, pages=1, counts=counts)
    return {
        "catalogue": everything,
        "group": group,
        "row_only": True,
        "may_edit": True,
        "warnings": counts.warnings,
        "list_url": shelf_address(request, Shelf.ACTIVE),
    }


def answer_quick(
    request: MemberRequest, form: TouchpointForm, status: int, added: Touchpoint | None = None
) -> HttpResponse:
    """Answer the line above the list, and with it the list when something was added."""
    seen = QueryDict(urlsplit(request.htmx.current_url or "").query)  # type: ignore[attr-defined]  # see HtmxRequest
    context = list_context(request, seen) | {"form": form, "added": added, "out_of_band": added is not None}
    context["twin"] = twin_of(added)
    return render(request, f"{LIST}#quick_add", context, status=status)


def answer_form(
    request: MemberRequest, form: TouchpointForm, touchpoint: Touchpoint | None, status: int = 200, **extra: Any
) -> HttpResponse:
    """Answer the page with the whole form, below it the newest of the touchpoint's history."""
    entries, has_older = newest_entries(touchpoint) if touchpoint else ([], False)
    context = {
        "form": form,
        "touchpoint": touchpoint,
        "channels": channels_in_use(),
        "journeys": journeys_of(touchpoint) if touchpoint else [],
        "measures": measures_of(touchpoint) if touchpoint else [],
        "entries": entries,
        "has_older": has_older,
        "may_edit": can_edit_touchpoints(request.membership),
        **extra,
    }
    return render_partial(request, EDIT, "touchpoint_form", context, status=status)


@require_form
@member_required()
def touchpoint_edit(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Show a touchpoint to everybody, and save it for those who may edit."""
    touchpoint = get_object_or_404(Touchpoint.objects.select_related("department"), code=code)
    if not can_edit_touchpoints(request.membership):
        return touchpoint_read(request, touchpoint)
    form = edit_form(touchpoint, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return answer_form(request, form, touchpoint)
    if not form.is_valid():
        return answer_form(request, form, touchpoint, 422)
    try:
        version = form.cleaned_data["version"] or 0
        saved = update_touchpoint(touchpoint=touchpoint, version=version, fields=form.values, by=request.membership)
    except StaleEdit as stale:
        return answer_stale(request, form, stale.current)
    put_in_place(form, touchpoint, saved, request)
    messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
    if saved.archived_at:
        return redirect(shelf_address(request, Shelf.ARCHIVED))
    if {"name", "phase"} & set(form.changed_data):
        say_twin(request, saved)
    return redirect(list_address(request, saved.phase))


def touchpoint_read(request: MemberRequest, touchpoint: Touchpoint) -> HttpResponse:
    """Show a touchpoint to those who do not edit; what they send is refused."""
    if request.method == "POST":
        return render(request, "403.html", status=403)
    facts = [(heading(name), cell_of(touchpoint, name)) for name in FIELDS if name not in ("name", "description")]
    entries, has_older = newest_entries(touchpoint)
    context = {"touchpoint": touchpoint, "facts": facts, "journeys": journeys_of(touchpoint)}
    context |= {"entries": entries, "has_older": has_older, "measures": measures_of(touchpoint)}
    return render(request, "touchpoints/touchpoint_detail.html", context)


def edit_form(touchpoint: Touchpoint, data: Any) -> TouchpointForm:
    """Return the form of a touchpoint, filled with ``data`` or with what is stored."""
    initial = {name: getattr(touchpoint, name) for name in FIELDS if name != "department"}
    initial |= {
        "department": touchpoint.department.code if touchpoint.department else "",
        "version": touchpoint.version,
        "code": touchpoint.code,
        "place_index": place_in_phase(touchpoint),
    }
    return TouchpointForm(data, initial=initial, departments=departments_in_order(), places=places_in_phase(touchpoint))


def answer_stale(request: MemberRequest, form: TouchpointForm, current: Touchpoint) -> HttpResponse:
    """Answer with what was typed, and beside it what somebody else has saved in the meantime."""
    typed = Touchpoint(**form.values)
    differences = [
        (heading(name), cell_of(current, name), cell_of(typed, name))
        for name in FIELDS
        if getattr(current, name) != form.cleaned_data[name]
    ]
    data = request.POST.copy()
    data["version"] = str(current.version)
    form.data = data
    return answer_form(request, form, current, 409, differences=differences)


def put_in_place(form: TouchpointForm, before: Touchpoint, saved: Touchpoint, request: MemberRequest) -> None:
    """Move the touchpoint to the place that was chosen, unless it has gone to another phase."""
    index = form.cleaned_data.get("place_index")
    if index is None or "place_index" not in form.changed_data or saved.phase != before.phase or saved.archived_at:
        return
    move_touchpoint(touchpoint=saved, index=index, by=request.membership)


@require_POST
@member_required(*MODERATING)
def touchpoint_move(request: MemberRequest) -> HttpResponseBase:
    """Move a touchpoint one place up or down: the button says which one, and where its reader saw it."""
    code, seen_at, index = read_move(request)
    touchpoint = get_object_or_404(Touchpoint, code=code)
    status = 200
    try:
        move_touchpoint(touchpoint=touchpoint, index=index, seen_at=seen_at, by=request.membership)
    except OrderChanged:
        status = 409
        messages.warning(request, _("The order has changed in the meantime. This is how it is now; nothing was moved."))
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return redirect(list_address(request, touchpoint.phase))
    context = {"group": catalogue_phase(touchpoint.phase), "may_edit": True}
    answer = render(request, f"{LIST}#phase_group", context, status=status)
    return reswap(retarget(answer, f"#phase-group-{touchpoint.phase}"), "outerHTML")


def read_move(request: HttpRequest) -> tuple[uuid.UUID, int, int]:
    """Return code, place seen and place wanted from a button's value such as ``up=<code>.<place>``."""
    for name, step in (("up", -1), ("down", 1)):
        code, _dot, place = request.POST.get(name, "").partition(".")
        try:
            if place.isdecimal() and len(place) < 8:
                return uuid.UUID(code), int(place), int(place) + step
        except ValueError:
            continue
    raise Http404


@require_POST
@member_required(*MODERATING)
def touchpoint_archive(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Put a touchpoint away; it stays on its journeys, and the archive gives it back."""
    touchpoint = get_object_or_404(Touchpoint, code=code)
    archive_touchpoint(touchpoint=touchpoint, by=request.membership)
    messages.success(
        request,
        _("“%(name)s” is in the archive now. It stays on its journeys, and you can bring it back at any time.")
        % {"name": touchpoint.name},
    )
    return redirect(list_address(request, touchpoint.phase))


@require_POST
@member_required(*MODERATING)
def touchpoint_restore(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Bring a touchpoint back into the catalogue."""
    touchpoint = get_object_or_404(Touchpoint, code=code)
    restore_touchpoint(touchpoint=touchpoint, by=request.membership)
    messages.success(request, _("“%(name)s” is back in the catalogue.") % {"name": touchpoint.name})
    say_twin(request, touchpoint)
    return redirect(shelf_address(request, Shelf.ARCHIVED))


@require_form
@member_required(*MODERATING)
def touchpoint_remove(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Ask once, then delete; one on a journey or with measures stays, and the page names what it is needed for."""
    touchpoint = Touchpoint.objects.filter(code=code).first()
    if touchpoint is None and request.method == "POST":
        return redirect("touchpoints:touchpoint_list", org=request.organisation.slug)  # sent twice
    if touchpoint is None:
        raise Http404
    template, context = "touchpoints/touchpoint_remove.html", {"touchpoint": touchpoint}
    if request.method != "POST":
        use = {"journeys": journeys_of(touchpoint), "measures": measures_of(touchpoint)}
        return render(request, template, context | use)
    try:
        remove_touchpoint(touchpoint=touchpoint, by=request.membership)
    except TouchpointInUse as refusal:
        use = {"journeys": [*refusal.journeys], "measures": [*refusal.measures]}
        return render(request, template, context | use, status=409)
    messages.success(request, _("“%(name)s” is removed from the catalogue.") % {"name": touchpoint.name})
    return redirect(list_address(request, touchpoint.phase))
