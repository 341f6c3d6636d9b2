"""Duplicates: what is probably twice there, two of them side by side, and one out of two."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from accounts.services.edits import StaleEdit
from touchpoints.forms.merging import MergeForm
from touchpoints.models import Touchpoint
from touchpoints.queries import catalogue_counts, duplicates, journeys_of, measures_of, merge_fields
from touchpoints.services import CannotMerge, keep_apart, merge_touchpoints


@require_safe
@member_required(*MODERATING)
def duplicate_list(request: MemberRequest) -> HttpResponse:
    """Show the pairs with the same or a similar name."""
    context = {"duplicates": duplicates(), "counts": catalogue_counts(), "may_edit": True}
    return render(request, "touchpoints/duplicate_list.html", context)


@require_POST
@member_required(*MODERATING)
def duplicate_dismiss(request: MemberRequest) -> HttpResponseBase:
    """Remember that two touchpoints are two."""
    first, second = (find_touchpoint(request.POST.get(name, "")) for name in ("first", "second"))
    if first == second:
        raise Http404
    keep_apart(first=first, second=second, by=request.membership)
    names = {"first": first.name, "second": second.name}
    messages.success(request, _("“%(first)s” and “%(second)s” are not suggested any more.") % names)
    return redirect("touchpoints:duplicate_list", org=request.organisation.slug)


def find_touchpoint(code: str) -> Touchpoint:
    """Return the touchpoint of a code that a form sent, or answer 404."""
    try:
        return get_object_or_404(Touchpoint, code=uuid.UUID(code))
    except ValueError:
        raise Http404 from None


@require_form
@member_required(*MODERATING)
def touchpoint_merge(request: MemberRequest, code: uuid.UUID, other: uuid.UUID) -> HttpResponseBase:
    """Show two touchpoints side by side, and make one of them."""
    pair = {row.code: row for row in Touchpoint.objects.select_related("department").filter(code__in=[code, other])}
    if len(pair) < 2:
        raise Http404
    kept, gone = pair[code], pair[other]
    if request.method != "POST":
        return answer_merge(request, kept, gone)
    form = MergeForm(request.POST, differing=merge_fields(kept, gone)[0])
    if not form.is_valid():
        return answer_merge(request, kept, gone, form, status=422)
    try:
        merge_touchpoints(kept=kept, other=gone, versions=form.versions, taken=form.taken, by=request.membership)
    except StaleEdit:
        return answer_stale(request, kept, gone)
    except CannotMerge:
        return answer_merge(request, kept, gone, form, status=409)
    names = {"kept": kept.name, "other": gone.name}
    messages.success(request, _("“%(other)s” is merged into “%(kept)s” and lies in the archive.") % names)
    return redirect("touchpoints:duplicate_list", org=request.organisation.slug)


def answer_merge(
    request: MemberRequest,
    kept: Touchpoint,
    other: Touchpoint,
    form: MergeForm | None = None,
    *,
    status: int = 200,
    is_stale: bool = False,
) -> HttpResponse:
    """Answer the page with both, field by field."""
    differing, same = merge_fields(kept, other)
    versions = {"kept_version": kept.version, "other_version": other.version}
    context = {
        "kept": kept,
        "other": other,
        "form": form or MergeForm(initial=versions, differing=differing),
        "same": same,
        "kept_journeys": journeys_of(kept),
        "other_journeys": journeys_of(other),
        "other_measures": measures_of(other),
        "is_archived": bool(kept.archived_at or other.archived_at),
        "is_stale": is_stale,
    }
    return render(request, "touchpoints/touchpoint_merge.html", context, status=status)


def answer_stale(request: MemberRequest, kept: Touchpoint, other: Touchpoint) -> HttpResponse:
    """Show both as they are now; what was chosen is still chosen, and saving again is then a decision."""
    kept.refresh_from_db()
    other.refresh_from_db()
    data = request.POST.copy()
    data["kept_version"], data["other_version"] = str(kept.version), str(other.version)
    form = MergeForm(data, differing=merge_fields(kept, other)[0])
    return answer_merge(request, kept, other, form, status=409, is_stale=True)
