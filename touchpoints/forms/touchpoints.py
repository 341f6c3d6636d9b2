"""What people type about touchpoints, and how they look for them."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import UncutForm
from accounts.models import Department
from touchpoints.csv_exchange.entries import LISTS
from touchpoints.csv_exchange.headings import FIELDS
from touchpoints.enums import Contact, ContactObject, Contract, Criticality, Existence, Media, Medium, Phase, Relation
from touchpoints.models import Touchpoint
from touchpoints.queries import WITHOUT


class TouchpointForm(UncutForm, forms.ModelForm):
    """A touchpoint; a name and a phase are enough. Its view hands the values to a service."""

    code = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    place_index = forms.TypedChoiceField(
        label=_("Place in the phase"), coerce=int, empty_value=None, required=False, choices=()
    )

    # Not the model's field: its rows are asked for when the module is loaded, where no organisation is in scope.
    department = forms.ChoiceField(
        label=_("Department or provider"),
        required=False,
        help_text=_("Who answers for it inside, or who does it for you from outside."),
    )

    class Meta:
        model = Touchpoint
        fields = tuple(name for name in FIELDS if name != "department")
        help_texts = {
            "name": _("What the customer would call it."),
            "description": _(
                "As the customer would say it: “I …” What do they want here, what do they see, what do they feel?"
            ),
            "channel": _("For example website, counter, telephone."),
            "relation": _("Direct: you run it. Indirect: third parties make it, such as a review portal or a friend."),
            "media": _("Owned: yours. Paid: bought. Earned: deserved by what you did, such as a recommendation."),
            "contact": _(
                "Does a person meet the customer, or is something in between, such as a website or an invoice?"
            ),
            "criticality": _("How much damage does a bad experience do here?"),
            "process": _("What has to happen behind the scenes, so that the customer gets what they came for."),
            "existence": _("Also write down contacts that customers could have."),
            "moment_of_truth": _("What happens here decides whether the customer stays or leaves."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "place": forms.Textarea(attrs={"rows": 2}),
            "purpose": forms.Textarea(attrs={"rows": 2}),
            "process": forms.Textarea(attrs={"rows": 4}),
            "channel": forms.TextInput(attrs={"list": "channels", "autocomplete": "off"}),
        }

    def __init__(
        self, *args: Any, departments: list[Department], places: list[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Please give the touchpoint a name.")
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "dir": "auto"}
        self.fields["phase"].error_messages["required"] = _("Please choose a phase.")
        self.fields["existence"].required = False
        for name in LISTS:
            empty = _("Please choose") if name == "phase" else _("Still open")
            options = self.fields[name].choices  # type: ignore[attr-defined]  # a ChoiceField
            options = [(value, label) for value, label in options if value]
            self.fields[name].choices = [("", empty), *options] if name != "existence" else options  # type: ignore[attr-defined]
        self.departments = {str(row.code): row for row in departments}
        self.fields["department"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("Nobody yet")),
            *((code, row.name) for code, row in self.departments.items()),
        ]
        self.offer_places(places)

    def offer_places(self, places: list[tuple[int, str]] | None) -> None:
        """Set the places to choose from, or take the field away."""
        if places is None:
            del self.fields["place_index"]
            return
        field = self.fields["place_index"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        field.choices = [
            (str(index), _("after “%(name)s”") % {"name": name} if name else _("at the beginning"))
            for index, name in places
        ]

    def clean_name(self) -> str:
        """Write the name on one line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_existence(self) -> str:
        """Take a touchpoint for an actual one unless something else was said."""
        return self.cleaned_data["existence"] or Existence.ACTUAL.value

    def clean_department(self) -> Department | None:
        """Turn the code into the department."""
        return self.departments.get(self.cleaned_data["department"])

    def clean_code(self) -> uuid.UUID:
        """Give a form without a code one of its own."""
        return self.cleaned_data["code"] or uuid.uuid4()

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the touchpoint, cleaned."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class FilterForm(forms.Form):
    """What the list shows. An unknown value filters nothing, so that an old address still opens."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200, widget=forms.SearchInput)
    phase = forms.ChoiceField(label=_("Phase"), required=False)
    medium = forms.ChoiceField(label=_("Online or offline"), required=False)
    relation = forms.ChoiceField(label=_("Direct or indirect"), required=False)
    media = forms.ChoiceField(label=_("Owned, paid or earned"), required=False)  # type: ignore[assignment]  # a field
    contact = forms.ChoiceField(label=_("Kind of contact"), required=False)
    contact_object = forms.ChoiceField(label=_("What the customer meets"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    existence = forms.ChoiceField(label=_("Actual or potential"), required=False)
    contract = forms.ChoiceField(label=_("Before or after the contract"), required=False)
    criticality = forms.ChoiceField(label=_("Criticality"), required=False)
    moment = forms.BooleanField(label=_("Moments of truth only"), required=False)

    LISTS = {
        "phase": Phase,
        "medium": Medium,
        "relation": Relation,
        "media": Media,
        "contact": Contact,
        "contact_object": ContactObject,
        "existence": Existence,
        "contract": Contract,
        "criticality": Criticality,
    }
    # Beside the search; the others are behind “More filters”.
    FIRST = ("phase", "department")

    def __init__(self, *args: Any, departments: list[Department], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s"} | kwargs)
        for name, choices in self.LISTS.items():
            self.fields[name].choices = [("", _("All")), *choices.choices]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["department"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("All")),
            (WITHOUT, _("Without department")),
            *((str(row.code), row.name) for row in departments),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, without what was not understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def first_fields(self) -> list[forms.BoundField]:
        """Return the filters that always show."""
        return [self[name] for name in self.FIRST]

    def more_fields(self) -> list[forms.BoundField]:
        """Return the filters that open on demand."""
        return [self[name] for name in self.fields if name not in ("q", *self.FIRST)]

    def uses_more(self) -> bool:
        """Whether one of the filters behind “More filters” is in use."""
        return any(field.name in self.values for field in self.more_fields())
