"""What people type about themselves, their organisation and each other."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Self
from zoneinfo import available_timezones

from django import forms
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.enums import Language, Role
from accounts.models import Department, Membership, Organisation, User

Difference = dict[str, Any]

TOO_LONG = _("This is too long: %(show_value)d characters, at most %(limit_value)d fit. Please shorten it.")
NO_NUL = _("This holds a NUL character, an invisible sign that cannot be stored. Please delete it.")


class UncutForm(forms.Form):
    """A form whose fields take a paste of any length and say by how much it is too long; mixed into every form with
    something to type. A browser obeys ``maxlength`` by cutting the end off without a word.

    Also of fields that a form adds while it is made, and of those that are shown by hand.
    """

    def __getitem__(self, name: str) -> BoundField:
        """Return the field as it is shown and cleaned, which is always asked for here."""
        bound = super().__getitem__(name)
        bound.field.widget.attrs.pop("maxlength", None)
        for code, sentence in (("max_length", TOO_LONG), ("null_characters_not_allowed", NO_NUL)):
            bound.field.error_messages.setdefault(code, sentence)
        return bound


def differences(form: forms.BaseForm, current: Any, names: Iterable[str]) -> list[Difference]:
    """What is saved by now in the named fields where something else was typed, for _edit_conflict.html."""
    found = []
    for name in names:
        saved = getattr(current, name)
        if saved != form.cleaned_data.get(name):
            shown = getattr(current, f"get_{name}_display", None)
            found.append({"label": form.fields[name].label, "value": shown() if shown else saved})
    return found


def take_version(form: forms.BaseForm, version: int) -> None:
    """Let a bound form carry the version that is saved now: sending it again is then a decision."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["version"] = str(version)
    form.data = data


class SignupForm(UncutForm):
    """What the sign-up asks besides address and password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the account was created, inside its transaction."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class OrganisationForm(UncutForm, forms.ModelForm):
    """A new organisation. Carries its code, so that a double click founds one."""

    code = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Organisation
        fields: Sequence[str] = ("name", "industry", "language", "time_zone")
        help_texts = {
            "industry": _("So that results can be compared within an industry later."),
            "language": _("The language in which guests are greeted. Everybody can choose their own."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        current = self.initial.get("time_zone") or "Europe/Berlin"
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=[(zone, zone) for zone in sorted({*zones, current})], initial="Europe/Berlin"
        )
        self.fields["language"].choices = Language.choices  # type: ignore[attr-defined]  # a choice field

    def clean_code(self) -> uuid.UUID:
        return self.cleaned_data["code"] or uuid.uuid4()


class OrganisationSettingsForm(OrganisationForm):
    """An organisation's settings; ``version`` is the one whose values the form shows."""

    code = None  # type: ignore[assignment]  # only what is new has one
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta(OrganisationForm.Meta):
        fields = [*OrganisationForm.Meta.fields, "cut_ok", "cut_delight", "guest_days"]
        help_texts = OrganisationForm.Meta.help_texts | {
            "cut_ok": _(
                "Full mode: from this number on, 0 to 10, an experience counts as OK, below it as disappointing. The "
                "middle of the OK range is the zero line of the curve. Blocks that have been opened keep their limits."
            ),
            "cut_delight": _(
                "From this number on an experience counts as delighting. It must lie above the one for OK."
            ),
            "guest_days": _("Counted from the end of a workshop. The figures stay."),
        }


class RemoveOrganisationForm(UncutForm):
    """Asks for the name, since nothing brings the organisation back."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=120)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        self.organisation = organisation
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name != self.organisation.name:
            raise forms.ValidationError(_("This is not the organisation's name. Nothing was erased."))
        return str(name)


class DepartmentForm(UncutForm):
    """A department or provider. Carries its code, so that a double click creates one."""

    code = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Department.Kind, initial=Department.Kind.DEPARTMENT)

    def clean_code(self) -> uuid.UUID:
        return self.cleaned_data["code"] or uuid.uuid4()


class MergeForm(forms.Form):
    """The department that another one becomes part of."""

    into = forms.ModelChoiceField(label=_("Merge into"), queryset=Department.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [row for row in queries.departments() if row.pk != department.pk]
        field = self.fields["into"]
        field.queryset = Department.objects.exclude(pk=department.pk)  # type: ignore[attr-defined]  # a model choice field
        field.choices = [("", _("Please choose")), *((row.code, row.name) for row in others)]  # type: ignore[attr-defined]  # sorted
        self.has_others = bool(others)


class MemberForm(UncutForm):
    """Role and department of a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.EMPLOYEE)
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        field.queryset = Department.objects.all()  # type: ignore[attr-defined]  # a model choice field
        field.choices = [("", _("none")), *((row.pk, row.name) for row in queries.departments())]  # type: ignore[attr-defined]  # sorted


class MemberEditForm(MemberForm):
    """The same for somebody who is a member; ``version`` is the one whose values the form shows."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, member: Membership) -> Self:
        """The form filled with what is stored."""
        stored = {"role": member.role, "department": member.department_id, "version": member.version}
        return cls(initial=stored)


class InvitationForm(MemberForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    field_order = ("email", "role", "department")
