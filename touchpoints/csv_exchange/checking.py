"""From rows to touchpoints: what has to be asked, which rows can be taken in, and why the others cannot."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import Department
from touchpoints.csv_exchange.cells import comparable
from touchpoints.csv_exchange.entries import FLAGS, LISTS, propose, propose_kind, propose_medium, read_kind, recognise
from touchpoints.csv_exchange.headings import DEPARTMENT_KIND, heading, model_field
from touchpoints.csv_exchange.tables import Row, Table
from touchpoints.enums import Existence
from touchpoints.models import is_visible

TEXTS = ("name", "description", "channel", "place", "purpose", "process")
OWN_TEXTS = tuple(name for name in TEXTS if name != "channel")
# More different entries than this in one column: it is no closed list, so another column was meant.
MAX_QUESTIONS = 60
# Departments are no closed list; but no organisation has more of them, and no form could be sent that asks about more.
MAX_DEPARTMENTS = 1_000
# The two questions that are not about an entry of a closed list.
CHANNEL_QUESTION = "channel"
DEPARTMENT_QUESTION = "department"
# Columns that are not read cell by cell: a phase may stand for the whole file, a kind belongs to the department.
LOOKED_UP = ("phase", DEPARTMENT_KIND)

Columns = Mapping[str, str]
Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Question:
    """One entry that has to be assigned once: how it is written, how it is compared, how often it occurs."""

    field: str
    entry: str
    key: str
    count: int
    proposal: str


@dataclass(frozen=True)
class Candidate:
    """A row that can be taken in. ``department`` is the name as written; ``fields`` are values of a Touchpoint."""

    number: int
    fields: dict[str, Any]
    department: str
    is_duplicate: bool
    # Nothing in use has this name in this phase, but something in the archive has.
    is_archived: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Phase and name, as they are compared with what there is."""
        return self.fields["phase"], fold(self.fields["name"])


@dataclass(frozen=True)
class FaultyRow:
    """A row that cannot be taken in, and why."""

    number: int
    cells: Sequence[str]
    reasons: Sequence[str]


@dataclass(frozen=True)
class Checked:
    """What would come of an import. ``departments`` are new: (name, kind)."""

    candidates: Sequence[Candidate] = ()
    faulty: Sequence[FaultyRow] = ()
    departments: Sequence[tuple[str, str]] = ()

    @property
    def duplicates(self) -> list[Candidate]:
        """The rows whose name stands in the same phase already, in the catalogue or further up in the file."""
        return [candidate for candidate in self.candidates if candidate.is_duplicate]

    @property
    def archived(self) -> list[Candidate]:
        """The rows whose name only a touchpoint of the archive has in this phase."""
        return [candidate for candidate in self.candidates if candidate.is_archived]


@dataclass
class Known:
    """What the organisation has already: touchpoints as (phase, folded name), departments as folded names."""

    touchpoints: set[tuple[str, str]] = field(default_factory=set)
    departments: Collection[str] = ()
    archived: Collection[tuple[str, str]] = ()


def fold(text: str) -> str:
    """Return a name as it is compared with other names."""
    return " ".join(text.split()).casefold()


def rows_below(table: Table, has_heading: bool) -> tuple[Row, ...]:
    """Return the rows that hold touchpoints."""
    return table.rows[1:] if has_heading else table.rows


def column_of(columns: Columns, name: str) -> int | None:
    """Return the column that holds field ``name``, or None."""
    return next((int(index) for index, mapped in columns.items() if mapped == name), None)


def count_entries(rows: Sequence[Row], column: int) -> Counter[str]:
    """Count the entries of a column, as they are written, in the order in which they occur."""
    return Counter(entry for row in rows if (entry := " ".join(row.shown(column).split())))


def questions(rows: Sequence[Row], columns: Columns, known: Known) -> list[Question]:
    """Return everything that has to be asked about the entries of the file, each entry once."""
    asked: list[Question] = []
    for name in (*LISTS, *FLAGS):
        if (column := column_of(columns, name)) is not None:
            asked += list_questions(name, count_entries(rows, column))
        elif name == "phase":
            asked.append(Question("phase", "", "", len(rows), ""))
    channel = column_of(columns, "channel")
    if channel is not None and column_of(columns, "medium") is None:
        channels = ask(CHANNEL_QUESTION, count_entries(rows, channel), fold, propose_medium)
        # It is a help, not a need: where a column holds that many channels, the proposals have to do.
        asked += channels if len(channels) <= MAX_QUESTIONS else []
    department = column_of(columns, "department")
    if department is not None:
        kinds = kinds_said(rows, columns)
        names = ask(
            DEPARTMENT_QUESTION,
            count_entries(rows, department),
            fold,
            lambda name: kinds.get(fold(name)) or propose_kind(name),
        )
        asked += [question for question in names if question.key not in known.departments]
    return asked


def kinds_said(rows: Sequence[Row], columns: Columns) -> dict[str, str]:
    """Return the kind of each department, by its folded name, as the file says it in a column of its own.

    Where rows of one department contradict each other the first one counts; the question shows it.
    """
    department, kind = column_of(columns, "department"), column_of(columns, DEPARTMENT_KIND)
    said: dict[str, str] = {}
    if department is None or kind is None:
        return said
    for row in rows:
        if value := read_kind(row.shown(kind)):
            said.setdefault(fold(row.shown(department)), value)
    return said


def list_questions(name: str, entries: Counter[str]) -> list[Question]:
    """Return the entries of a closed list that are not certain."""
    unknown = Counter({entry: count for entry, count in entries.items() if recognise(name, entry) is None})
    return ask(name, unknown, comparable, lambda entry: propose(name, entry))


def ask(name: str, entries: Counter[str], key: Any, proposal: Any) -> list[Question]:
    """Turn entries into questions; entries that compare equal become one."""
    found: dict[str, Question] = {}
    for entry, count in entries.items():
        earlier = found.get(key(entry))
        if earlier is None:
            found[key(entry)] = Question(name, entry, key(entry), count, proposal(entry))
        else:
            found[key(entry)] = Question(name, earlier.entry, earlier.key, earlier.count + count, earlier.proposal)
    return list(found.values())


def proposals(asked: Sequence[Question]) -> dict[str, dict[str, str]]:
    """Return the answers that we propose, in the form in which answers are kept."""
    answers: dict[str, dict[str, str]] = {}
    for question in asked:
        answers.setdefault(question.field, {})[question.key] = question.proposal
    return answers


def check_rows(rows: Sequence[Row], *, width: int, columns: Columns, answers: Answers, known: Known) -> Checked:
    """Sort the rows into those that can be taken in and those that cannot."""
    candidates: list[Candidate] = []
    faulty: list[FaultyRow] = []
    departments: dict[str, tuple[str, str]] = {}
    seen = set(known.touchpoints)
    reader = RowReader(width, columns, answers)
    kinds = answers.get(DEPARTMENT_QUESTION, {})
    said = kinds_said(rows, columns)
    for row in rows:
        fields, department, reasons = reader.read(row)
        if reasons:
            faulty.append(FaultyRow(row.number, row.cells, reasons))
            continue
        key = (fields["phase"], fold(fields["name"]))
        is_archived = key not in seen and key in known.archived
        candidates.append(Candidate(row.number, fields, department, key in seen, is_archived))
        seen.add(key)
        folded = fold(department)
        if department and folded not in known.departments and folded not in departments:
            kind = kinds.get(folded) or said.get(folded) or propose_kind(department)
            departments[folded] = (department, kind)
    return Checked(candidates, faulty, list(departments.values()))


class RowReader:
    """Reads the rows of one file; what holds for all of them is looked up once, since a file may have thousands."""

    def __init__(self, width: int, columns: Columns, answers: Answers) -> None:
        self.width = width
        self.answers = answers
        self.cells = [(int(index), name) for index, name in columns.items() if name not in LOOKED_UP]
        self.phase = column_of(columns, "phase")
        self.name = column_of(columns, "name")
        self.limits = {name: model_field(name).max_length or 0 for name in TEXTS}
        self.limits["department"] = model_field("name", Department).max_length or 0
        self.has_medium = "medium" in columns.values()
        # The same few entries stand in all rows.
        self.read_entry = lru_cache(maxsize=4096)(partial(read_entry, answers=answers))

    def read(self, row: Row) -> tuple[dict[str, Any], str, list[str]]:
        """Return the fields, the department and the reasons against one row."""
        reasons: list[str] = []
        fields: dict[str, Any] = {}
        department = ""
        if any(row.cells[self.width :]):
            reasons.append(
                _("The row has %(count)s cells, the first row only %(width)s. Is there a cell without quotation marks?")
                % {"count": len(row.cells), "width": self.width}
            )
        for index, name in self.cells:
            # A name or a text that reaches over several rows is one; a phase or a channel belongs to each of them.
            entry = row.cell(index) if name in OWN_TEXTS else row.shown(index)
            if name in TEXTS:
                fields[name] = read_text(name, entry, self.limits[name], reasons)
            elif name == "department":
                department = read_department(entry, self.limits[name], self.answers, reasons)
            else:
                fields[name] = self.read_entry(name, entry)
        fields["phase"] = read_phase("" if self.phase is None else row.shown(self.phase), self.answers, reasons)
        if not fields.get("name"):
            reasons.insert(0, self.missing_name(row))
        if fields.get("channel") and not self.has_medium:
            fields["medium"] = self.medium_of(fields["channel"])
        return fields, department, reasons

    def missing_name(self, row: Row) -> str:
        """Return the reason against a row without a name, which may look as if it had one."""
        if self.name is not None and row.shown(self.name):
            return _("The name is missing: its cell is merged with one above. Each touchpoint needs a name of its own.")
        return _("The name is missing.")

    def medium_of(self, channel: str) -> str:
        """Return what was answered about a channel, or what its name says."""
        given = self.answers.get(CHANNEL_QUESTION, {}).get(fold(channel))
        return propose_medium(channel) if given is None else given


def read_text(name: str, entry: str, limit: int, reasons: list[str]) -> str:
    """Return a text, and note what is wrong with it."""
    text = " ".join(entry.split()) if name in ("name", "channel") else entry
    check_length(name, text, limit, reasons)
    if name == "name" and text and not is_visible(text):
        reasons.append(_("The name consists of characters that show nothing."))
    return text


def check_length(field_name: str, text: str, limit: int, reasons: list[str]) -> None:
    """Note a text that is too long or that holds a character that no text can keep."""
    if len(text) > limit:
        reasons.append(
            _("“%(field)s” is too long: %(count)s characters, at most %(limit)s fit.")
            % {
                "field": heading(field_name),
                "count": number_format(len(text), force_grouping=True),
                "limit": number_format(limit, force_grouping=True),
            }
        )
    if "\0" in text:
        reasons.append(_("“%(field)s” holds a NUL character, which cannot be stored.") % {"field": heading(field_name)})


def read_department(entry: str, limit: int, answers: Answers, reasons: list[str]) -> str:
    """Return the name of a department, or "" where it is to be left out."""
    name = " ".join(entry.split())
    if answers.get(DEPARTMENT_QUESTION, {}).get(fold(name)) == "":
        return ""
    check_length("department", name, limit, reasons)
    return name


def read_phase(cell: str, answers: Answers, reasons: list[str]) -> str:
    """Return the phase of a row, and note when it has none."""
    entry = " ".join(cell.split())
    phase = (recognise("phase", entry) if entry else None) or answers.get("phase", {}).get(comparable(entry), "")
    if not phase:
        reasons.append(
            _("“%(entry)s” is none of the five phases.") % {"entry": entry[:80]}
            if entry
            else _("The phase is missing.")
        )
    return phase


def read_entry(name: str, entry: str, answers: Answers) -> Any:
    """Return the value of an entry of a closed list; what nobody assigned is left empty."""
    value = recognise(name, entry) if entry else ""
    if value is None:
        value = answers.get(name, {}).get(comparable(entry), "")
    if name in FLAGS:
        return value == "yes"
    if name == "criticality":
        return int(value) if value else None
    if name == "existence":
        return value or Existence.ACTUAL.value
    return value
