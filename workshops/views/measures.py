"""Measures: the plan, one measure, and one tap that says where it stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_htmx.http import replace_url

from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import MODERATING, READING
from accounts.forms import take_version
from accounts.middleware import MemberRequest
from accounts.models import Membership
from accounts.services.edits import StaleEdit
from config.htmx import render_partial
from touchpoints.csv_exchange.workbook_writing import CONTENT_TYPE as WORKBOOK_TYPE
from touchpoints.models import Touchpoint
from touchpoints.queries import departments_in_order
from touchpoints.views.exports import CSV_TYPE, answer_file
from workshops import exports, services
from workshops.enums import MeasureStatus
from workshops.forms import MeasureEditForm, MeasureFilterForm, MeasureForm, MeasureStatusForm
from workshops.measures import amount_words
from workshops.models import Measure
from workshops.permissions import can_edit_measures, can_export_measures, can_set_measure_status
from workshops.queries import measures as queries

LIST = "workshops/measure_list.html"
FORM = "workshops/measure_form.html"
# Where somebody came from to plan a measure, and wants to go back to.
AFTER_SALES = "after-sales"


def find_measure(code: UUID) -> Measure:
    """The measure in the open scope with those whom it names; 404 otherwise."""
    measure: Measure | None = queries.with_names(Measure.objects.filter(code=code)).first()
    if measure is None:
        raise Http404
    return measure


@require_safe
@member_required()
def measure_list(request: MemberRequest) -> HttpResponse:
    """The plan in its order; under HTMX only the list, for the filters, which stay in the address."""
    filters = MeasureFilterForm(request.GET, departments=departments_in_order())
    response = render_partial(request, LIST, "measure_list", list_context(request, filters))
    return replace_url(response, f"?{filters.query}" if filters.query else request.path)


def list_context(request: MemberRequest, filters: MeasureFilterForm) -> dict[str, Any]:
    """What the list shows for its filters."""
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
    plan = queries.measure_list(filters.values, request.membership, page=page)
    return {
        "filters": filters,
        "plan": plan,
        "counts": plan.counts,
        "query": filters.query,
        "may_edit": can_edit_measures(request.membership),
        "may_export": can_export_measures(request.membership),
    }


@require_safe
@member_required(*READING)
def measure_export(request: MemberRequest) -> HttpResponse:
    """The measures of the present filter as CSV."""
    text = exports.measures_csv(measures_wanted(request), request.membership)
    return answer_file(request, text.encode(), "csv", CSV_TYPE, subject=pgettext("file name", "measures"))


@require_safe
@member_required(*READING)
def measure_xlsx(request: MemberRequest) -> HttpResponse:
    """The measures of the present filter as an Excel workbook."""
    workbook = exports.measures_xlsx(measures_wanted(request), request.membership)
    return answer_file(request, workbook, "xlsx", WORKBOOK_TYPE, subject=pgettext("file name", "measures"))


def measures_wanted(request: MemberRequest) -> Any:
    """What the filters of the address leave, for those who may take it along."""
    if not can_export_measures(request.membership):
        raise PermissionDenied
    filters = MeasureFilterForm(request.GET, departments=departments_in_order())
    return queries.measures_matching(filters.values, request.membership)


@require_safe
@member_required()
def measure_detail(request: MemberRequest, code: UUID) -> HttpResponse:
    """Everything about one measure, and where it stands, to be set by those who may."""
    measure = find_measure(code)
    return render(request, "workshops/measure_detail.html", detail_context(request, measure))


def detail_context(request: MemberRequest, measure: Measure) -> dict[str, Any]:
    """What the page of a measure shows."""
    return {
        "row": queries.row_of(measure, request.membership),
        "statuses": MeasureStatus,
        "may_edit": can_edit_measures(request.membership),
        "may_set_status": can_set_measure_status(request.membership, measure),
    }


@require_form
@member_required(*MODERATING)
def measure_create(request: MemberRequest) -> HttpResponse:
    """Plan a measure; ``?touchpoint=`` ticks one beforehand, ``?from=`` says where to go afterwards."""
    if request.method != "POST":
        initial = {"code": uuid4(), "touchpoints": request.GET.getlist("touchpoint")}
        return show_form(request, MeasureForm(**choices(), initial=initial))
    form = MeasureForm(request.POST, **choices())
    if not form.is_valid():
        return show_form(request, form, status=422)
    try:
        measure = services.create_measure(code=form.cleaned_data["code"], **form.values, by=request.membership)
    except services.TouchpointsGone:  # a moment ago; the same form finds it missing now
        return show_form(request, MeasureForm(request.POST, **choices()), status=422)
    messages.success(request, _("“%(title)s” is planned.") % {"title": measure.title})
    return redirect(way_back(request, measure))


@require_form
@member_required(*MODERATING)
def measure_edit(request: MemberRequest, code: UUID) -> HttpResponse:
    """Change a measure; who was slower sees both versions."""
    measure = find_measure(code)
    if request.method != "POST":
        return show_form(request, edit_form(measure), measure)
    form = edit_form(measure, request.POST)
    if not form.is_valid():
        return show_form(request, form, measure, status=422)
    try:
        version = form.cleaned_data["version"]
        services.update_measure(measure=measure, version=version, **form.values, by=request.membership)
    except StaleEdit:
        return answer_stale(request, form, find_measure(code))
    except services.TouchpointsGone:  # as above
        return show_form(request, edit_form(measure, request.POST), measure, status=422)
    messages.success(request, _("Saved."))
    return redirect(way_back(request, measure))


def edit_form(measure: Measure, typed: QueryDict | None = None) -> MeasureEditForm:
    """The form of a measure: as it is saved, or as it was typed."""
    stored = MeasureEditForm.stored(measure, [str(link.touchpoint.code) for link in measure.links.all()])
    return MeasureEditForm(typed, initial=stored, **choices(measure))


def choices(measure: Measure | None = None) -> dict[str, Any]:
    """What a form offers: touchpoints in use and those that the measure is about already, members, departments."""
    members = Membership.objects.select_related("user")
    offered = Q(archived_at__isnull=True) | Q(measures=measure) if measure else Q(archived_at__isnull=True)
    return {
        "touchpoints": list(Touchpoint.objects.filter(offered).distinct().in_order()),
        "members": sorted(members, key=lambda member: member.user.name.casefold()),
        "departments": departments_in_order(),
    }


def way_back(request: MemberRequest, measure: Measure) -> str:
    """The page from which the form was opened, at the measure or at one of its touchpoints."""
    org = request.organisation.slug
    if request.GET.get("from") == AFTER_SALES:
        return f"{reverse('workshops:after_sales_list', args=[org])}{anchor_of(measure, request.GET.get('touchpoint'))}"
    return reverse("workshops:measure_detail", args=[org, measure.code])


def anchor_of(measure: Measure, code: str | None) -> str:
    """The row of the touchpoint with this code, if the measure is about it; else the top of the page."""
    about = {str(each) for each in measure.links.values_list("touchpoint__code", flat=True)}
    return f"#touchpoint-{code}" if code in about else ""


def show_form(
    request: MemberRequest, form: MeasureForm, measure: Measure | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The form as it stands."""
    context = {"form": form, "measure": measure, "came_from": request.GET.get("from") == AFTER_SALES, **more}
    return render(request, FORM, context, status=status)


def answer_stale(request: MemberRequest, form: MeasureEditForm, current: Measure) -> HttpResponse:
    """What was typed and, where it differs, what is saved by now; saving again is then a decision."""
    take_version(form, current.version)
    theirs = [
        {"label": form.fields[name].label, "value": shown}
        for name, (value, shown) in saved_words(current).items()
        if value != form.cleaned_data[name]
    ]
    return show_form(request, form, current, status=409, stale=True, theirs=theirs)


def saved_words(measure: Measure) -> dict[str, tuple[Any, str]]:
    """By the name of its field what a measure says, and how a person reads it."""
    about = [link.touchpoint for link in measure.links.all()]
    day = {name: getattr(measure, name) for name in ("starts_on", "due_on", "done_on")}
    return {
        "title": (measure.title, measure.title),
        "kind": (measure.kind, measure.get_kind_display()),
        "touchpoints": (about, "\n".join(touchpoint.name for touchpoint in about)),
        "responsible": (measure.responsible, str(measure.responsible.user) if measure.responsible else ""),
        "department": (measure.department, str(measure.department or "")),
        **{name: (value, date_format(value, "DATE_FORMAT") if value else "") for name, value in day.items()},
        "budget": (measure.budget, amount_words(measure.budget)),
        "wanted_result": (measure.wanted_result, measure.wanted_result),
        "measured_by": (measure.measured_by, measure.measured_by),
        "effort": (measure.effort, str(measure.effort or "")),
        "impact": (measure.impact, str(measure.impact or "")),
        "status": (measure.status, measure.get_status_display()),
    }


@require_POST
@member_required()
def measure_status(request: MemberRequest, code: UUID) -> HttpResponse:
    """Say with one tap where a measure stands: those who edit, and whoever is responsible for it."""
    measure = find_measure(code)
    if not can_set_measure_status(request.membership, measure):
        raise PermissionDenied
    form = MeasureStatusForm(request.POST)
    if not form.is_valid():
        return answer_status(request, measure, 422, _("Where the measure stands was not understood. Please tap again."))
    try:
        services.set_measure_status(measure=measure, **form.cleaned_data, by=request.membership)
    except StaleEdit:
        sentence = _("Somebody has changed “%(title)s” meanwhile. This is how it is now; nothing was changed.")
        return answer_status(request, find_measure(code), 409, sentence % {"title": measure.title})
    return answer_status(request, find_measure(code))


def answer_status(request: MemberRequest, measure: Measure, status: int = 200, problem: str = "") -> HttpResponse:
    """What the list or the page says of it now, with the progress; without HTMX the page on which the tap was."""
    if problem:
        messages.warning(request, problem)
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        words = _("“%(title)s”: %(status)s") % {"title": measure.title, "status": measure.get_status_display()}
        if not problem:
            messages.success(request, words)
        return redirect(page_of_status(request, measure))
    context = detail_context(request, measure)
    if request.htmx.target == "measure-status":  # type: ignore[attr-defined]  # as above
        return render(request, "workshops/measure_detail.html#measure_status", context, status=status)
    more = {"counts": queries.plan_counts(), "query": request.POST.get("query", ""), "out_of_band": True}
    return render(request, f"{LIST}#measure_step", context | more, status=status)


def page_of_status(request: MemberRequest, measure: Measure) -> str:
    """Where the tap was: at the list with its filters, or on the measure's own page."""
    org = request.organisation.slug
    if request.POST.get("on") != "list":
        return reverse("workshops:measure_detail", args=[org, measure.code])
    filters = MeasureFilterForm(QueryDict(request.POST.get("query", "")[:2000]), departments=departments_in_order())
    query = f"?{filters.query}" if filters.query else ""
    return f"{reverse('workshops:measure_list', args=[org])}{query}#measure-row-{measure.code}"


@require_form
@member_required(*MODERATING)
def measure_remove(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask once, then delete a measure. Of one that is gone, the list says so by leaving it out."""
    measure = Measure.objects.filter(code=code).first()
    if measure is None and request.method != "POST":
        raise Http404
    if request.method != "POST":
        return render(request, "workshops/measure_remove.html", {"measure": measure})
    if measure is not None:
        services.remove_measure(measure=measure, by=request.membership)
        messages.success(request, _("“%(title)s” is removed.") % {"title": measure.title})
    return redirect("workshops:measure_list", org=request.organisation.slug)
