"""The catalogue and its history as files."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from accounts.decorators import member_required, require_safe
from accounts.enums import READING
from accounts.middleware import MemberRequest
from touchpoints.csv_exchange.workbook_writing import CONTENT_TYPE as WORKBOOK_TYPE
from touchpoints.csv_exchange.workbook_writing import write_workbook
from touchpoints.csv_exchange.writing import csv_text, defused, write_csv
from touchpoints.forms.touchpoints import FilterForm
from touchpoints.models import Touchpoint
from touchpoints.queries import departments_in_order, history_table, touchpoints_matching
from touchpoints.views.lists import shelf_of

CSV_TYPE = "text/csv; charset=utf-8"


@require_safe
@member_required(*READING)
def touchpoint_export(request: MemberRequest) -> HttpResponse:
    """Download the touchpoints of the present filter as CSV."""
    return answer_file(request, write_csv(touchpoints_wanted(request)).encode(), "csv", CSV_TYPE)


@require_safe
@member_required(*READING)
def touchpoint_export_workbook(request: MemberRequest) -> HttpResponse:
    """Download the touchpoints of the present filter as an Excel workbook."""
    return answer_file(request, write_workbook(touchpoints_wanted(request)), "xlsx", WORKBOOK_TYPE)


def touchpoints_wanted(request: MemberRequest) -> QuerySet[Touchpoint]:
    """Return what the filters of the address leave."""
    filters = FilterForm(request.GET, departments=departments_in_order()).values
    return touchpoints_matching(filters, shelf_of(request.GET))


@require_safe
@member_required(*READING)
def history_export(request: MemberRequest) -> HttpResponse:
    """Download who changed what and when, of all touchpoints, as CSV."""
    return answer_file(request, csv_text(defused(history_table())).encode(), "csv", CSV_TYPE, subject="history")


def answer_file(
    request: MemberRequest, content: bytes, ending: str, content_type: str, *, subject: str = "touchpoints"
) -> HttpResponse:
    """Answer a download, named after the organisation and the day."""
    name = f"{subject}-{slugify(request.organisation.slug)}-{timezone.localdate():%Y-%m-%d}.{ending}"
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
