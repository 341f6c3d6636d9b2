"""What somebody types on a phone: the join code, a name, a department, an answer and its reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import UncutForm
from accounts.models import Department
from workshops.enums import SCALE_VALUES, Drawer, Scale
from workshops.models import CODE_ALPHABET, CODE_LENGTH

_NO_CODE_CHARACTER = re.compile(rf"[^{CODE_ALPHABET}]")
MAX_NAME = 80


def normalise_code(typed: str) -> str:
    """The code in what was typed or pasted: any case, with spaces or hyphens, or a whole address that ends in it."""
    last = typed.split("?")[0].split("#")[0].rstrip("/ ").rsplit("/", 1)[-1]
    return re.sub(r"[\s\-–_.·]+", "", unicodedata.normalize("NFKC", last)).upper()


def readable(text: str) -> str:
    """``text`` in one line, without control characters and without those that turn the direction of what follows."""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", kept).split())


class JoinCodeForm(UncutForm):
    """The code field."""

    code = forms.CharField(
        label=_("Code"),
        # Long enough for a pasted address.
        max_length=300,
        error_messages={
            "required": _("Please type the code. It stands on the screen in the room and in the invitation."),
            "max_length": _("That is no code: a code has six characters, for example K7M 3QX."),
        },
    )

    def clean_code(self) -> str:
        """Six characters of the alphabet; whether a workshop has them is for the door to say."""
        code = normalise_code(self.cleaned_data["code"])
        if strange := _NO_CODE_CHARACTER.search(code):
            raise forms.ValidationError(
                _("“%(character)s” never occurs in a code: there are no 0, O, 1, I, L and U, to avoid mix-ups."),
                params={"character": strange.group()},
            )
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(_("That is no code: a code has six characters, for example K7M 3QX."))
        return code


class EnterForm(UncutForm):
    """Name and department of somebody who comes in; both may stay empty. ``guest`` makes a double tap one person."""

    guest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    name = forms.CharField(
        label=pgettext_lazy("room", "Your name"),
        max_length=MAX_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words", "spellcheck": "false"}),
        error_messages={
            "max_length": _("Please shorten your name to %(limit_value)d characters; it has %(show_value)d.")
        },
    )
    department: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Your department"),
        queryset=None,
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": _("This department is no longer there. Please choose another one, or none.")},
    )

    def __init__(self, *args: Any, departments: Sequence[Department], needs_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        field.queryset = Department.objects.all()  # type: ignore[attr-defined]  # a ModelChoiceField
        field.choices = grouped_choices(departments)  # type: ignore[attr-defined]
        if not departments:
            del self.fields["department"]
        if any(department.kind == Department.Kind.PROVIDER for department in departments):
            field.label = _("Your department or company")
        if needs_name:
            name = self.fields["name"]
            name.required = True
            name.error_messages["required"] = _("Please type your name: it will stand beside your answers.")

    def clean_name(self) -> str:
        """One readable line; only spaces are no name."""
        name = readable(self.cleaned_data["name"])
        if not name and self.fields["name"].required:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name


def grouped_choices(departments: Sequence[Department]) -> list[Any]:
    """Nothing chosen, then the departments, then the providers, each by name as people sort them."""
    by_name = sorted(departments, key=lambda department: department.name.casefold())
    own = [(str(each.code), each.name) for each in by_name if each.kind == Department.Kind.DEPARTMENT]
    providers = [(str(each.code), each.name) for each in by_name if each.kind == Department.Kind.PROVIDER]
    nothing = ("", pgettext_lazy("department", "No answer"))
    if not providers:
        return [nothing, *own]
    return [nothing, (_("Departments"), own), (_("Providers"), providers)]


class AnswerForm(UncutForm):
    """What a tap may say in every block: “cannot judge”, and the main reason."""

    cannot_judge = forms.BooleanField(required=False)
    # How long it may be is for the service to say, which counts as the database does.
    reason = forms.CharField(required=False)

    def clean_reason(self) -> str | None:
        """One readable line; None when the form has no such field, which leaves a reason given before."""
        return readable(self.cleaned_data["reason"]) if "reason" in self.data else None


class SharedFields(dict[str, forms.Field]):
    """The fields of a form of which no instance changes any, so that none needs a copy: a whole room taps at once."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> SharedFields:
        return self


class RatingForm(AnswerForm):
    """One tap, or the reason for it."""

    drawer = forms.TypedChoiceField(
        choices=Drawer.choices,
        coerce=lambda value: Drawer(int(value)),
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("This answer does not exist. Please tap one of the three.")},
    )


RatingForm.base_fields = SharedFields(RatingForm.base_fields)


class ScalesForm(AnswerForm):
    """Taps on the six scales of a station, as many as are new; without JavaScript all that are chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for scale in Scale:
            self.fields[scale.value] = forms.TypedChoiceField(
                choices=[(value, value) for value in SCALE_VALUES],
                coerce=int,
                empty_value=None,
                required=False,
                error_messages={"invalid_choice": _("This answer does not exist. Please tap a number from 0 to 10.")},
            )

    def clean(self) -> dict[str, Any]:
        """The numbers under ``scales``; none beside “cannot judge”, whose button sends the form as it stands."""
        answer = {name: self.cleaned_data.get(name) for name in ("cannot_judge", "reason")}
        given = {scale.value: self.cleaned_data.get(scale.value) for scale in Scale}
        kept = {} if answer["cannot_judge"] else {name: value for name, value in given.items() if value is not None}
        return {**answer, "scales": kept}
