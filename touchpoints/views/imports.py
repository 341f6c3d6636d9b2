"""The import of a CSV file or a workbook, step by step: file, columns, entries, preview, and all rows or none."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import MODERATING
from accounts.middleware import MemberRequest
from touchpoints.csv_exchange.checking import (
    DEPARTMENT_QUESTION,
    MAX_DEPARTMENTS,
    MAX_QUESTIONS,
    Question,
    questions,
    rows_below,
)
from touchpoints.csv_exchange.headings import heading, propose_columns
from touchpoints.csv_exchange.reading import check_size, read_table
from touchpoints.csv_exchange.tables import FileRefused, Table
from touchpoints.forms.imports import ColumnsForm, ConfirmForm, EntriesForm, UploadForm
from touchpoints.models import TouchpointImport
from touchpoints.queries import import_preview_of
from touchpoints.services import ImportRefused, answer_entries, import_rows, keep_upload, map_columns
from touchpoints.services.imports import check_upload, known_names

ROWS_ON_A_PAGE = 200


def load_upload(request: MemberRequest, code: uuid.UUID) -> TouchpointImport:
    """Return an upload of this member, or answer 404."""
    return get_object_or_404(TouchpointImport, code=code, created_by=request.membership)


def step(request: MemberRequest, upload: TouchpointImport, name: str) -> HttpResponseBase:
    """Lead to another step of the same upload."""
    return redirect(f"touchpoints:{name}", org=request.organisation.slug, code=upload.code)


def leave_finished(request: MemberRequest, upload: TouchpointImport) -> HttpResponseBase | None:
    """Lead out of an upload that was taken in already, with the sentence that says so."""
    if upload.finished_at is None:
        return None
    text = ngettext("%(count)d touchpoint was imported.", "%(count)d touchpoints were imported.", upload.added)
    text %= {"count": upload.added}
    if upload.restored:
        back = ngettext(
            "%(count)d touchpoint is back from the archive.",
            "%(count)d touchpoints are back from the archive.",
            upload.restored,
        )
        text = f"{text} {back % {'count': upload.restored}}"
    messages.success(request, text)
    return redirect("touchpoints:touchpoint_list", org=request.organisation.slug)


@require_form
@member_required(*MODERATING)
def import_create(request: MemberRequest) -> HttpResponseBase:
    """Take a file."""
    template = "touchpoints/import_create.html"
    if request.method != "POST":
        return render(request, template, {"form": UploadForm(initial={"code": uuid.uuid4()})})
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            check_size(file.size)
            upload = keep_upload(
                content=form.content, file_name=file.name, code=form.cleaned_data["code"], by=request.membership
            )
            return step(request, upload, "import_columns")
        except FileRefused as refusal:
            form.add_error("file", refusal.message)
    return render(request, template, {"form": form}, status=422)


@require_form
@member_required(*MODERATING)
def import_columns(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Ask which column holds what; headings that we know are chosen already."""
    upload = load_upload(request, code)
    if (answer := leave_finished(request, upload)) is not None:
        return answer
    table = read_table(bytes(upload.content))
    columns = upload.columns if upload.columns is not None else propose_columns(table, request.organisation.language)
    initial = {f"column_{index}": field for index, field in columns.items()} | {"has_heading": upload.has_heading}
    form = ColumnsForm(request.POST if request.method == "POST" else None, table=table, initial=initial)
    if request.method == "POST" and form.is_valid():
        map_columns(
            upload=upload, columns=form.columns, has_heading=form.cleaned_data["has_heading"], by=request.membership
        )
        if too_many := find_wrong_column(questions_of(upload, table)):
            form.add_error(None, too_many)
        else:
            return step(request, upload, "import_values")
    count = len(rows_below(table, upload.has_heading))
    context = {"form": form, "upload": upload, "count": count, "notes": table.notes}
    return render(request, "touchpoints/import_columns.html", context, status=422 if form.errors else 200)


def questions_of(upload: TouchpointImport, table: Table) -> list[Question]:
    """Return what has to be asked about the entries of an upload."""
    return questions(rows_below(table, upload.has_heading), upload.columns or {}, known_names())


def find_wrong_column(asked: list[Question]) -> str:
    """Return a sentence about a column with so many entries that it cannot be what it was chosen for, or ""."""
    fields = [question.field for question in asked]
    for field in dict.fromkeys(fields):
        limit = MAX_DEPARTMENTS if field == DEPARTMENT_QUESTION else MAX_QUESTIONS
        if (count := fields.count(field)) > limit:
            return _(
                "The column for “%(field)s” holds %(count)d different entries. That is no short list; "
                "please choose another column, or leave this one out."
            ) % {"field": heading(field), "count": count}
    return ""


@require_form
@member_required(*MODERATING)
def import_values(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Ask once about every entry that is not certain; without any the step is left out."""
    upload = load_upload(request, code)
    if (answer := leave_finished(request, upload)) is not None:
        return answer
    if upload.columns is None:
        return step(request, upload, "import_columns")
    asked = questions_of(upload, read_table(bytes(upload.content)))
    form = EntriesForm(
        request.POST if request.method == "POST" or not asked else None, questions=asked, answers=upload.answers or {}
    )
    if form.is_bound and form.is_valid():
        answer_entries(upload=upload, answers=form.answers, by=request.membership)
        return step(request, upload, "import_preview")
    context = {"form": form, "upload": upload}
    return render(request, "touchpoints/import_values.html", context, status=422 if form.is_bound else 200)


@require_safe
@member_required(*MODERATING)
def import_preview(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Show what would be added, and every row that cannot be, with the reason."""
    upload = load_upload(request, code)
    if (answer := leave_finished(request, upload)) is not None:
        return answer
    if upload.columns is None or upload.answers is None:
        return step(request, upload, "import_columns" if upload.columns is None else "import_values")
    return answer_preview(request, upload, ConfirmForm())


def answer_preview(
    request: MemberRequest, upload: TouchpointImport, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    """Answer the preview; lists of rows are shown in pages."""
    table = read_table(bytes(upload.content))
    preview = import_preview_of(check_upload(upload, table))
    context = {
        "upload": upload,
        "form": form,
        "preview": preview,
        "notes": table.notes,
        "faulty": Paginator(preview.faulty, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "duplicates": preview.duplicates[:ROWS_ON_A_PAGE],
        "more_duplicates": max(0, len(preview.duplicates) - ROWS_ON_A_PAGE),
        "archived": preview.archived[:ROWS_ON_A_PAGE],
        "more_archived": max(0, len(preview.archived) - ROWS_ON_A_PAGE),
    }
    return render(request, "touchpoints/import_preview.html", context, status=status)


@require_POST
@member_required(*MODERATING)
def import_confirm(request: MemberRequest, code: uuid.UUID) -> HttpResponseBase:
    """Take all rows in, or none. A second click finds it done."""
    upload = load_upload(request, code)
    if upload.finished_at is None and (upload.columns is None or upload.answers is None):
        return step(request, upload, "import_preview")
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return answer_preview(request, upload, form, 422)
    try:
        upload = import_rows(
            upload=upload,
            add_duplicates=form.cleaned_data["duplicates"] == ConfirmForm.ADD,
            archived=form.cleaned_data["archived"],
            leave_out_faulty=form.cleaned_data["leave_out_faulty"],
            by=request.membership,
        )
    except ImportRefused as refusal:
        form.add_error(None, refusal.message)
        return answer_preview(request, upload, form, 422)
    return leave_finished(request, upload) or step(request, upload, "import_preview")
