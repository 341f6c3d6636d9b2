"""What happens to an uploaded file, from upload to the one transaction that takes it in."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, Membership
from touchpoints.csv_exchange.cells import comparable
from touchpoints.csv_exchange.checking import Candidate, Checked, Known, check_rows, fold, rows_below
from touchpoints.csv_exchange.headings import propose_columns
from touchpoints.csv_exchange.reading import read_table
from touchpoints.csv_exchange.tables import Table
from touchpoints.enums import ChangeKind, Phase
from touchpoints.models import Touchpoint, TouchpointImport
from touchpoints.services.archive import bring_back, lock_touchpoints
from touchpoints.services.touchpoints import next_position

# An upload that nobody finished is forgotten after this time.
KEPT_FOR = timedelta(days=1)


class Archived(Enum):
    """What becomes of a row whose name lies in the archive."""

    SKIP = "skip"
    RESTORE = "restore"
    ADD = "add"


class ImportRefused(Exception):
    """The rows cannot be taken in as they are; ``message`` says what to decide first."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@transaction.atomic
def keep_upload(*, content: bytes, file_name: str, code: uuid.UUID, by: Membership) -> TouchpointImport:
    """Keep a file and what we recognise in its headings; a file that cannot be read raises FileRefused.

    A corrected file, with the first row of one that this member did not take in, begins where that one stood.
    Called twice with the same ``code`` it returns the first upload. Forgotten uploads of the organisation go.
    """
    TouchpointImport.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    if (existing := TouchpointImport.objects.filter(code=code, created_by=by).first()) is not None:
        return existing
    table = read_table(content)
    recognised = propose_columns(table, by.organisation.language)
    upload = TouchpointImport(
        organisation=by.organisation,
        created_by=by,
        code=code,
        file_name=file_name[:200],
        content=content,
        has_heading=bool(recognised) or len(table.rows) == 1,
        first_row=digest_of(table.rows[0].cells),
    )
    take_over(upload)
    TouchpointImport.objects.bulk_create([upload], ignore_conflicts=True)
    if (kept := TouchpointImport.objects.filter(code=code, created_by=by).first()) is not None:
        return kept
    upload.code = uuid.uuid4()  # the form's code is somebody else's: then it is only a key, and we take our own
    upload.save(force_insert=True)
    return upload


def digest_of(first_row: Sequence[str]) -> str:
    """Return what tells first rows apart, whatever their case and however many empty cells follow."""
    words = "\n".join(map(comparable, first_row)).rstrip("\n")
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def take_over(upload: TouchpointImport) -> None:
    """Begin with the columns and answers of the newest file of this member that has the same first row and was not
    taken in: what looks the same is the same list, corrected.
    """
    unfinished = TouchpointImport.objects.filter(
        created_by=upload.created_by, first_row=upload.first_row, finished_at=None, columns__isnull=False
    )
    earlier = unfinished.order_by("-created_at", "-pk").defer("content").first()
    if earlier is not None:
        upload.columns, upload.answers = earlier.columns, earlier.answers
        upload.has_heading, upload.corrects = earlier.has_heading, earlier.file_name


def map_columns(
    *, upload: TouchpointImport, columns: Mapping[str, str], has_heading: bool, by: Membership
) -> TouchpointImport:
    """Keep which column holds what. Answers about entries belong to the columns and are asked again."""
    if upload.columns != dict(columns) or upload.has_heading != has_heading:
        upload.answers = None
    upload.columns, upload.has_heading = dict(columns), has_heading
    upload.save(update_fields=["columns", "has_heading", "answers"])
    return upload


def answer_entries(
    *, upload: TouchpointImport, answers: Mapping[str, Mapping[str, str]], by: Membership
) -> TouchpointImport:
    """Keep what the entries mean that were not certain."""
    upload.answers = {name: dict(values) for name, values in answers.items()}
    upload.save(update_fields=["answers"])
    return upload


def known_names() -> Known:
    """Return what the organisation has already."""
    active: set[tuple[str, str]] = set()
    archived: set[tuple[str, str]] = set()
    for phase, name, archived_at in Touchpoint.objects.order_by().values_list("phase", "name", "archived_at"):
        (archived if archived_at else active).add((phase, fold(name)))
    departments = Department.objects.order_by().values_list("name", flat=True)
    return Known(active, {fold(name) for name in departments}, archived)


def check_upload(upload: TouchpointImport, table: Table) -> Checked:
    """Return what would come of the upload as it is mapped now."""
    return check_rows(
        rows_below(table, upload.has_heading),
        width=table.width,
        columns=upload.columns or {},
        answers=upload.answers or {},
        known=known_names(),
    )


@transaction.atomic
def import_rows(
    *,
    upload: TouchpointImport,
    add_duplicates: bool,
    leave_out_faulty: bool,
    by: Membership,
    archived: Archived = Archived.SKIP,
) -> TouchpointImport:
    """Take all rows in, or none; ``archived`` says what becomes of rows whose name lies in the archive.

    A second call finds the upload finished and changes nothing.
    """
    upload = TouchpointImport.objects.select_for_update().get(pk=upload.pk)
    if upload.finished_at is not None:
        return upload
    checked = check_upload(upload, read_table(bytes(upload.content)))
    if checked.faulty and not leave_out_faulty:
        raise ImportRefused(
            _("Some rows cannot be taken in. Please correct the file, or choose to leave these rows out.")
        )
    wanted = [candidate for candidate in checked.candidates if is_wanted(candidate, add_duplicates, archived)]
    back = checked.archived if archived == Archived.RESTORE else []
    if not wanted and not back:
        raise ImportRefused(_("Nothing would be added: no row is left over."))
    departments = create_departments(checked, wanted, by)
    upload.finished_at, upload.added, upload.content = timezone.now(), len(wanted), b""
    rows = touchpoint_rows(upload, wanted, departments, by)
    copy_touchpoints(rows)
    record_import(upload, len(rows), by)
    upload.restored = restore_named(back, by)
    upload.save(update_fields=["finished_at", "added", "restored", "content"])
    return upload


def is_wanted(candidate: Candidate, add_duplicates: bool, archived: Archived) -> bool:
    """Whether a row becomes a new touchpoint."""
    if candidate.is_archived:
        return archived == Archived.ADD
    return add_duplicates or not candidate.is_duplicate


def restore_named(candidates: Sequence[Candidate], by: Membership) -> int:
    """Bring the touchpoints back that the rows name, of several with one name the newest; return how many."""
    wanted = {candidate.key for candidate in candidates}
    if not wanted:
        return 0
    rows = Touchpoint.objects.archived().order_by("archived_at", "pk").values_list("phase", "name", "code")
    codes = {(phase, fold(name)): code for phase, name, code in rows if (phase, fold(name)) in wanted}
    bring_back(lock_touchpoints(codes.values()), by)
    return len(codes)


def record_import(upload: TouchpointImport, count: int, by: Membership) -> None:
    """Write one entry into the history of each touchpoint of this import, in one statement inside the database.

    They are known by the moment of the import, which all of them carry; see docs/decisions/0021.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO touchpoints_touchpointchange"
            " (organisation_id, touchpoint_id, by_id, at, kind, changes, note, together)"
            " SELECT organisation_id, id, %s, created_at, %s, '{}', %s, %s FROM touchpoints_touchpoint"
            " WHERE organisation_id = %s AND created_at = %s",
            [by.pk, ChangeKind.IMPORTED.value, upload.file_name, count, by.organisation.pk, upload.finished_at],
        )


def create_departments(checked: Checked, wanted: Sequence[Candidate], by: Membership) -> dict[str, Department]:
    """Create the new departments that a wanted row names, and return all departments by their folded name."""
    used = {fold(candidate.department) for candidate in wanted}
    new = [
        Department(organisation=by.organisation, name=name, kind=kind)
        for name, kind in checked.departments
        if fold(name) in used
    ]
    # Somebody may have created the same department a moment ago.
    Department.objects.bulk_create(new, ignore_conflicts=True)
    return {fold(department.name): department for department in Department.objects.all()}


def touchpoint_rows(
    upload: TouchpointImport, wanted: Sequence[Candidate], departments: Mapping[str, Department], by: Membership
) -> list[dict[str, Any]]:
    """Return a row per touchpoint by its columns, each at the end of its phase and in the order of the file."""
    positions = {phase.value: next_position(phase) for phase in Phase}
    now = upload.finished_at
    same = {**column_defaults(), "organisation_id": by.organisation.pk, "created_at": now, "updated_at": now}
    rows = []
    for candidate in wanted:
        phase, department = candidate.fields["phase"], departments.get(fold(candidate.department))
        row = {
            **same,
            "code": uuid.uuid5(upload.code, str(candidate.number)),
            "position": positions[phase],
            "department_id": department.pk if department else None,
            **candidate.fields,
        }
        positions[phase] += 1
        rows.append(row)
    return rows


def column_defaults() -> dict[str, Any]:
    """Return what a touchpoint holds where nothing is said, by column; the key is the database's to give."""
    fields = [field for field in Touchpoint._meta.concrete_fields if not field.primary_key]
    defaults = {field.attname: field.get_default() for field in fields}
    return {name: value.value if isinstance(value, Enum) else value for name, value in defaults.items()}


def copy_touchpoints(rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows whose values were checked cell by cell; COPY takes a tenth of the time that ``bulk_create`` needs.

    The database's constraints hold as ever: one row that breaks one undoes all of them. The rows are a list, because
    whatever asked the database while the copy runs would wait for itself.
    """
    names = list(column_defaults())
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    table = connection.ops.quote_name(Touchpoint._meta.db_table)
    command = f"COPY {table} ({columns}) FROM STDIN"
    # Django wraps the errors of every other command by itself.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
