"""The one form of the reports app."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language


class ReportForm(forms.Form):
    """In which language; ``key`` makes a double click one report. Both have a value of their own when left out."""

    language = forms.ChoiceField(
        choices=Language, required=False, error_messages={"invalid_choice": _("Choose German or English.")}
    )
    key = forms.UUIDField(required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default_language = language

    def clean_language(self) -> str:
        """The organisation's language where none was chosen."""
        return self.cleaned_data["language"] or self.default_language

    def clean_key(self) -> uuid.UUID:
        """A new key where the form brought none."""
        return self.cleaned_data["key"] or uuid.uuid4()
