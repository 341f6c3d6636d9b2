"""Departments and providers."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import queries
from accounts.decorators import member_required, require_form, require_POST, require_safe
from accounts.enums import Role
from accounts.forms import DepartmentForm, MergeForm
from accounts.middleware import MemberRequest
from accounts.models import Department
from accounts.services.departments import create_department, merge_department, remove_department, update_department
from accounts.services.edits import StaleEdit
from accounts.views.searching import answer_found


@require_safe
@member_required(Role.OWNER, Role.MODERATOR)
def department_list(request: MemberRequest) -> HttpResponse:
    """List departments and providers, with the form for the next."""
    return show_list(request, DepartmentForm(initial={"code": uuid4()}))


@require_POST
@member_required(Role.OWNER, Role.MODERATOR)
def department_create(request: MemberRequest) -> HttpResponse:
    """Add a department or provider."""
    form = DepartmentForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            create_department(code=data["code"], name=data["name"], kind=data["kind"], by=request.membership)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("accounts:department_list", org=request.organisation.slug)
    return show_list(request, form, status=422)


@require_form
@member_required(Role.OWNER, Role.MODERATOR)
def department_edit(request: MemberRequest, code: UUID) -> HttpResponse:
    """Rename a department, or make it a provider."""
    department = get_object_or_404(Department, code=code)
    start = {"code": code, "version": department.version, "name": department.name, "kind": department.kind}
    form = DepartmentForm(request.POST or None, initial=start)
    status = 200
    if request.method == "POST":
        status = save_department(form, department)
        if status == 302:
            return redirect("accounts:department_list", org=request.organisation.slug)
    return show_department(request, department, form, stale=status == 409, status=status)


@require_POST
@member_required(Role.OWNER, Role.MODERATOR)
def department_merge(request: MemberRequest, code: UUID) -> HttpResponse:
    """Make a department part of another one; everybody and everything of it goes along."""
    department = get_object_or_404(Department, code=code)
    form = MergeForm(request.POST, department=department)
    if not form.is_valid():
        return show_department(request, department, merge_form=form, status=422)
    into = merge_department(department=department, into=form.cleaned_data["into"], by=request.membership)
    names = {"name": department.name, "into": into.name}
    messages.success(request, _("“%(name)s” is now part of “%(into)s”.") % names)
    return redirect("accounts:department_list", org=request.organisation.slug)


@require_form
@member_required(Role.OWNER, Role.MODERATOR)
def department_remove(request: MemberRequest, code: UUID) -> HttpResponse:
    """Ask first, saying what hangs on it, then delete a department; people and touchpoints of it stay."""
    department = get_object_or_404(Department, code=code)
    if request.method != "POST":
        context = {
            "department": department,
            "use": queries.department_use(department),
            "has_others": MergeForm(department=department).has_others,
        }
        return render(request, "accounts/department_remove.html", context)
    remove_department(department=department, by=request.membership)
    messages.success(request, _("“%(name)s” is removed.") % {"name": department.name})
    return redirect("accounts:department_list", org=request.organisation.slug)


def show_list(request: MemberRequest, form: DepartmentForm, status: int = 200) -> HttpResponse:
    """Answer the list with ``form`` below it."""
    found = queries.search(
        queries.departments(), request.GET.get("q", ""), lambda row: [row.name, str(row.get_kind_display())]
    )
    context = {"form": form, "found": found}
    return answer_found(request, "accounts/department_list.html", "department_list", context, status=status)


def show_department(
    request: MemberRequest,
    department: Department,
    form: DepartmentForm | None = None,
    *,
    merge_form: MergeForm | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Answer the department's page with its two forms as they stand."""
    stored = {"version": department.version, "name": department.name, "kind": department.kind}
    context = {
        "form": form or DepartmentForm(initial={"code": department.code, **stored}),
        "merge_form": merge_form or MergeForm(department=department),
        "department": department,
        "stale": stale,
    }
    return render(request, "accounts/department_edit.html", context, status=status)


def save_department(form: DepartmentForm, department: Department) -> int:
    """Save a valid form and return 302; else the status of the page that shows it again: 422, or 409 when stale."""
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    try:
        update_department(department=department, version=data["version"] or 0, name=data["name"], kind=data["kind"])
    except ValidationError as error:
        form.add_error(None, error.messages)
        return 422
    except StaleEdit:
        department.refresh_from_db()
        form.data = {**form.data.dict(), "version": str(department.version)}  # type: ignore[attr-defined]  # a QueryDict
        return 409
    return 302
