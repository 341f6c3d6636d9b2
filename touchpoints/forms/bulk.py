"""What many touchpoints get at once: for each field, leave it, empty it, or a value."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import UncutForm
from accounts.models import Department
from touchpoints.csv_exchange.entries import FLAGS, LISTS, YES_NO
from touchpoints.csv_exchange.headings import heading, model_field
from touchpoints.csv_exchange.writing import cell_of
from touchpoints.enums import Shelf
from touchpoints.models import Touchpoint, is_visible

EMPTY = "-"
SKIP, CHANGE = "skip", "change"
LEAVE = pgettext_lazy("bulk edit", "Leave as it is")
EMPTY_WORD = pgettext_lazy("value", "empty")
# In the order of the form.
GROUPS = (
    (_("Where and how it happens"), ("phase", "channel", "medium", "contact", "contact_object", "purchase_possible")),
    (_("Who stands behind it"), ("relation", "media", "department")),
    (_("What depends on it"), ("criticality", "existence", "contract", "moment_of_truth")),
    (_("Whom it serves"), ("serves_prospects", "serves_new", "serves_existing")),
)
FIELDS = tuple(name for _title, names in GROUPS for name in names)
# These always say something.
NEVER_EMPTY = ("phase", "existence")
# So many different values of a field are named on the form.
NAMED = 3


class BulkForm(UncutForm):
    """One form for many rows. Its view hands ``changes`` and ``archived`` to the service."""

    channel_empty = forms.BooleanField(label=_("Empty the channel"), required=False)
    stale = forms.ChoiceField(
        label=_("What should happen to them?"),
        choices=[(SKIP, _("Leave them as they are now")), (CHANGE, _("Change them, too"))],
        widget=forms.RadioSelect,
        initial=SKIP,
        required=False,
    )

    def __init__(self, *args: Any, departments: Sequence[Department], shelf: Shelf, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "bulk_%s"} | kwargs)
        self.departments = {str(row.code): row for row in departments}
        for name in FIELDS:
            self.fields[name] = self.field_for(name)
        away = [("restore", _("Bring back from the archive"))] if shelf == Shelf.ARCHIVED else []
        self.fields["archive"] = forms.ChoiceField(
            label=pgettext_lazy("part of the catalogue", "Archive"),
            choices=[("", LEAVE), *(away or [("archive", _("Move to the archive"))])],
            required=False,
        )

    def field_for(self, name: str) -> forms.Field:
        """Return the choice, or for the channel the line, of one field."""
        if name == "channel":
            limit = model_field(name).max_length
            field = forms.CharField(label=heading(name), max_length=limit, required=False)
            field.widget.attrs = {"list": "channels", "autocomplete": "off"}
            return field
        empty = [] if name in NEVER_EMPTY or name in FLAGS else [(EMPTY, pgettext_lazy("bulk edit", "Empty it"))]
        return forms.ChoiceField(
            label=heading(name), choices=[("", LEAVE), *empty, *self.options(name)], required=False
        )

    def options(self, name: str) -> list[tuple[str, Any]]:
        """Return the values of a field."""
        if name == "department":
            return [(code, row.name) for code, row in self.departments.items()]
        pairs = YES_NO if name in FLAGS else LISTS[name].choices
        return [(str(value), label) for value, label in pairs if value]

    def say_present(self, rows: Sequence[Touchpoint]) -> None:
        """Write under each field what the touchpoints hold now: “Now: Presales (12), Purchase (3)”."""
        for name in FIELDS:
            found = Counter(cell_of(row, name) for row in rows)
            said = [f"{value or EMPTY_WORD} ({count})" for value, count in found.most_common(NAMED)]
            more = "" if len(found) <= NAMED else ", …"
            self.fields[name].help_text = gettext("Now: %(values)s") % {"values": ", ".join(said) + more}

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields with their headings."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    def clean_channel(self) -> str:
        """Write the channel on one line."""
        channel = " ".join(self.cleaned_data["channel"].split())
        if channel and not is_visible(channel):
            raise forms.ValidationError(_("This name shows nothing. Please write one that can be read."))
        return channel

    def clean(self) -> dict[str, Any]:
        """See that something was chosen, and not both a channel and none."""
        if self.cleaned_data.get("channel") and self.cleaned_data.get("channel_empty"):
            self.add_error("channel", _("Either write a channel, or empty it; not both."))
        if not self.errors and not self.changes and self.archived is None:
            raise forms.ValidationError(
                _("Nothing was chosen, so nothing would change. Please choose at least one field.")
            )
        return self.cleaned_data

    @property
    def changes(self) -> dict[str, Any]:
        """The new values, by field, of those that are not left as they are."""
        chosen = {name: self.cleaned_data[name] for name in FIELDS if self.cleaned_data.get(name)}
        if self.cleaned_data.get("channel_empty"):
            chosen["channel"] = EMPTY
        return {name: self.value_of(name, choice) for name, choice in chosen.items()}

    def value_of(self, name: str, choice: str) -> Any:
        """Return what a touchpoint holds for a choice."""
        if name in FLAGS:
            return choice == "yes"
        if choice == EMPTY and (name != "channel" or self.cleaned_data.get("channel_empty")):
            return None if name in ("criticality", "department") else ""
        if name == "department":
            return self.departments[choice]
        return int(choice) if name == "criticality" else choice

    @property
    def archived(self) -> bool | None:
        """Whether the rows go into the archive or come out of it; None leaves them where they are."""
        return {"archive": True, "restore": False}.get(self.cleaned_data.get("archive", ""))

    @property
    def names(self) -> list[str]:
        """The headings of the fields that change, for the sentence afterwards."""
        said = [heading(name) for name in FIELDS if name in self.changes]
        return said if self.archived is None else [*said, str(self.fields["archive"].label)]
