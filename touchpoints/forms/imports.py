"""What is asked on the way from a file into the catalogue."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from touchpoints.csv_exchange.checking import CHANNEL_QUESTION, DEPARTMENT_QUESTION, Question
from touchpoints.csv_exchange.entries import choices
from touchpoints.csv_exchange.headings import COLUMNS, heading, samples
from touchpoints.csv_exchange.tables import MAX_BYTES, Row, Table
from touchpoints.csv_exchange.workbook_writing import CONTENT_TYPE as WORKBOOK_TYPE
from touchpoints.services.imports import Archived

LEFT_OUT = pgettext_lazy("entry of a file", "Leave empty")


class UploadForm(forms.Form):
    """The file."""

    code = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("CSV or Excel file"),
        help_text=_(
            "An Excel workbook (.xlsx), or CSV separated by commas, semicolons or tabs, in UTF-8 or Windows-1252. "
            "Up to 5 MB and 20,000 rows."
        ),
        widget=forms.FileInput(
            attrs={"accept": f".csv,.txt,.tsv,.xlsx,text/csv,text/plain,text/tab-separated-values,{WORKBOOK_TYPE}"}
        ),
        error_messages={
            "required": _("Please choose a file."),
            "empty": _("The file is empty. It needs a row of headings and a row for each touchpoint."),
            "max_length": _("The name of the file is too long."),
        },
    )

    @property
    def content(self) -> bytes:
        """The bytes of the file, one more at most than we would read."""
        return self.cleaned_data["file"].read(MAX_BYTES + 1) if self.is_bound else b""


class ColumnsForm(forms.Form):
    """Which column holds what."""

    has_heading = forms.BooleanField(
        label=_("The first row holds headings"),
        required=False,
    )

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        options = [("", _("Leave this column out")), *((name, heading(name)) for name in COLUMNS)]
        for index, text in enumerate(table.rows[0].cells):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=text or _("Column %(number)s") % {"number": index + 1}, choices=options, required=False
            )

    def rows(self) -> list[tuple[str, list[str], forms.BoundField]]:
        """Return heading, some entries and the choice of each column."""
        return [
            (text, samples(self.table.rows[1:], index), self[f"column_{index}"])
            for index, text in enumerate(self.table.rows[0].cells)
        ]

    @property
    def columns(self) -> dict[str, str]:
        """The chosen field of each column that is not left out."""
        chosen = {name.removeprefix("column_"): value for name, value in self.cleaned_data.items() if value}
        return {index: value for index, value in chosen.items() if index.isdigit()}

    def clean(self) -> dict[str, Any]:
        """See that there is a column of names, and that no field was chosen twice."""
        chosen = list(self.columns.values())
        if not self.errors and "name" not in chosen:
            raise forms.ValidationError(_("Please choose the column that holds the names of the touchpoints."))
        for field in dict.fromkeys(chosen):
            if chosen.count(field) > 1:
                message = _("“%(field)s” was chosen more than once. Please choose it for one column only.")
                for index, value in self.columns.items():
                    if value == field:
                        self.add_error(f"column_{index}", message % {"field": heading(field)})
        return self.cleaned_data


class EntriesForm(forms.Form):
    """What uncertain entries mean. Nothing has to be answered: the preview says what is missing."""

    def __init__(
        self, *args: Any, questions: Sequence[Question], answers: dict[str, dict[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions):
            given = answers.get(question.field, {}).get(question.key, question.proposal)
            self.fields[f"entry_{number}"] = forms.ChoiceField(
                label=question.entry or heading("phase"), choices=options(question), required=False, initial=given
            )

    def groups(self) -> list[tuple[str, str, list[tuple[Question, forms.BoundField]]]]:
        """Return the questions by field: name of the field, its heading, questions with their choice."""
        pairs = [(question, self[f"entry_{number}"]) for number, question in enumerate(self.questions)]
        return [(field, heading(field), list(group)) for field, group in groupby(pairs, key=lambda pair: pair[0].field)]

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        """What was chosen, by field and entry."""
        answers: dict[str, dict[str, str]] = {}
        for number, question in enumerate(self.questions):
            answers.setdefault(question.field, {})[question.key] = self.cleaned_data[f"entry_{number}"]
        return answers


def options(question: Question) -> list[tuple[str, Any]]:
    """Return what an entry can be assigned to."""
    if question.field == DEPARTMENT_QUESTION:
        return [*((kind.value, kind.label) for kind in Department.Kind), ("", _("Do not create it"))]
    if question.field == CHANNEL_QUESTION:
        return [("", LEFT_OUT), *choices("medium")]
    if question.field == "phase":
        return [("", _("Please choose")), *choices("phase")]
    return [("", LEFT_OUT), *choices(question.field)]


class ConfirmForm(forms.Form):
    """What becomes of rows that are in the catalogue already, and of rows that cannot be taken in."""

    SKIP, ADD = "skip", "add"

    duplicates = forms.ChoiceField(
        label=_("What should happen to them?"),
        choices=[(SKIP, _("Skip them")), (ADD, _("Add them all the same"))],
        widget=forms.RadioSelect,
        initial=SKIP,
        required=False,
    )
    archived = forms.ChoiceField(
        label=_("What should happen to them?"),
        choices=[
            (Archived.SKIP.value, _("Skip them")),
            (Archived.RESTORE.value, _("Bring those of the archive back, as they were")),
            (Archived.ADD.value, _("Add them as new touchpoints")),
        ],
        widget=forms.RadioSelect,
        initial=Archived.SKIP.value,
        required=False,
    )
    leave_out_faulty = forms.BooleanField(label=_("Leave these rows out"), required=False)

    def clean_archived(self) -> Archived:
        """Skip the rows where nothing was said."""
        return Archived(self.cleaned_data["archived"] or Archived.SKIP.value)


__all__ = ["ColumnsForm", "ConfirmForm", "EntriesForm", "Row", "UploadForm"]
