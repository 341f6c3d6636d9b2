"""Tables without devices: a moderator enters them while a block runs, and changes them until it is revealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import member_required, require_form
from accounts.enums import MODERATING
from accounts.forms import take_version
from accounts.middleware import MemberRequest
from accounts.models import Department
from accounts.services.edits import StaleEdit
from workshops import services
from workshops.forms import TableForm
from workshops.models import Activity, TableEntry
from workshops.queries.tables import table_rows
from workshops.services import ActionRefused, TableGone
from workshops.tables import read_answers
from workshops.views.activities import find_activity
from workshops.views.workshops import workshop_url


@require_form
@member_required(*MODERATING)
def table_create(request: MemberRequest, code: UUID) -> HttpResponse:
    """One more table for the block that runs; without one there is nothing to enter, and the console says what is."""
    activity = find_activity(code)
    if request.method != "POST":
        if not activity.is_running:
            messages.info(request, not_running_words(activity))
            return redirect(workshop_url("workshop_console", activity.workshop))
        form = table_form(activity, initial=TableForm.suggestion(activity.tables.count() + 1))
        return show_table(request, form, activity)
    form = table_form(activity, request.POST)
    if not form.is_valid():
        return show_table(request, form, activity, status=422)
    code = form.cleaned_data["code"] or uuid4()
    try:
        table = services.create_table(activity=activity, code=code, **form.written, by=request.membership)
    except ActionRefused as refusal:
        return show_refusal(request, form, activity, refusal)
    return go_on(request, activity, table)


@require_form
@member_required(*MODERATING)
def table_edit(request: MemberRequest, code: UUID, table: UUID) -> HttpResponse:
    """Change a table; who was slower sees both versions, and what was typed for a removed one can be entered anew."""
    activity = find_activity(code)
    row = TableEntry.objects.select_related("activity", "department").filter(activity=activity, code=table).first()
    if request.method != "POST":
        if row is None:
            raise Http404
        return show_stored(request, activity, row)
    form = table_form(activity, request.POST)
    if not form.is_valid():
        return show_table(request, form, activity, row, status=422)
    try:
        if row is None:
            raise TableGone(_("Somebody removed this table in the meantime. What you typed is still here."))
        services.update_table(
            table=row, version=form.cleaned_data["version"] or 0, **form.written, by=request.membership
        )
    except StaleEdit as stale:
        return show_stale(request, activity, stale.current)
    except ActionRefused as refusal:
        return show_refusal(request, form, activity, refusal, row)
    return go_on(request, activity, row)


@require_form
@member_required(*MODERATING)
def table_remove(request: MemberRequest, code: UUID, table: UUID) -> HttpResponse:
    """Ask once, then take the table and what was entered for it out of the block. Of one that is gone, say so."""
    activity = find_activity(code)
    row = TableEntry.objects.select_related("activity").filter(activity=activity, code=table).first()
    if request.method != "POST":
        if row is None:
            raise Http404
        context = {"activity": activity, "workshop": activity.workshop, "table": row}
        return render(request, "workshops/table_remove.html", context)
    try:
        if row is not None:
            services.remove_table(table=row, by=request.membership)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect(workshop_url("workshop_console", activity.workshop))


# --- what they share ------------------------------------------------------------------------------------------------


def table_form(activity: Activity, data: Any = None, **more: Any) -> TableForm:
    """The form with the block's stations along the path and the organisation's departments."""
    stations = list(activity.stations.order_by("position"))
    departments = list(Department.objects.all())
    return TableForm(data, stations=stations, departments=departments, mode=activity.mode, **more)


def table_url(name: str, activity: Activity, table: UUID | None = None) -> str:
    """The address of a table's page, or of the form for a new one."""
    kwargs = {"org": activity.workshop.organisation.slug, "code": activity.code}
    return reverse(f"workshops:{name}", kwargs={**kwargs, "table": table} if table else kwargs)


def go_on(request: MemberRequest, activity: Activity, table: TableEntry) -> HttpResponse:
    """Back to the table, since one enters station after station, or to the console if that was wanted."""
    messages.success(request, _("Saved."))
    if "done" in request.POST:
        return redirect(workshop_url("workshop_console", activity.workshop))
    return redirect(table_url("table_edit", activity, table.code))


def show_stored(request: MemberRequest, activity: Activity, table: TableEntry) -> HttpResponse:
    """What is saved. After the reveal nothing of it is left, and the console shows the result."""
    if not activity.is_running:
        messages.info(request, not_running_words(activity))
        return redirect(workshop_url("workshop_console", activity.workshop))
    form = table_form(activity)
    form.initial = form.stored(table)
    return show_table(request, form, activity, table)


def show_stale(request: MemberRequest, activity: Activity, current: TableEntry) -> HttpResponse:
    """What was typed, and at each station where it differs what is saved by now; saving again is then a decision."""
    form = table_form(activity, request.POST, saved=read_answers(current.answers))
    form.is_valid()
    theirs = [
        {"label": form.fields[name].label, "value": value}
        for name, value in {"name": current.name, "heads": current.heads, "department": current.department}.items()
        if name in form.fields and value != form.cleaned_data[name]
    ]
    take_version(form, current.version)
    return show_table(request, form, activity, current, status=409, stale=True, theirs=theirs)


def show_refusal(
    request: MemberRequest, form: TableForm, activity: Activity, refusal: ActionRefused, table: TableEntry | None = None
) -> HttpResponse:
    """Why it was not saved, above what was typed; a removed table can be entered anew from there."""
    if isinstance(refusal, TableGone):
        give_code(form)
        table = None
    form.add_error(None, refusal.message)
    return show_table(request, form, activity, table, status=409)


def give_code(form: TableForm) -> None:
    """Let a bound form carry the code of a table to be."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["code"] = str(uuid4())
    form.data = data


def show_table(
    request: MemberRequest,
    form: TableForm,
    activity: Activity,
    table: TableEntry | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The form as it stands, with the other tables of the block beside it."""
    action = table_url("table_edit", activity, table.code) if table else table_url("table_create", activity)
    others = [row for row in table_rows(activity) if table is None or row.code != table.code]
    context = {"form": form, "activity": activity, "workshop": activity.workshop, "table": table, "action": action}
    return render(request, "workshops/table_form.html", {**context, "others": others, **more}, status=status)


def not_running_words(activity: Activity) -> str:
    """Why there is nothing to enter."""
    if activity.is_revealed:
        return _("“%(title)s” has been revealed. Nothing can be entered or changed any more.") % {
            "title": activity.title
        }
    return _("A table is entered while its block runs. Open “%(title)s” first.") % {"title": activity.title}
