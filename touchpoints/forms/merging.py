"""What of two touchpoints the one that stays will say."""

from collections.abc import Sequence
from typing import Any

from django import forms

from touchpoints.queries import MergeField

KEPT, OTHER = "kept", "other"


class MergeForm(forms.Form):
    """For each field in which two touchpoints differ: whose value stays."""

    kept_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31)
    other_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31)

    def __init__(self, *args: Any, differing: Sequence[MergeField], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "merge_%s"} | kwargs)
        self.differing = differing
        for field in differing:
            self.fields[f"take_{field.name}"] = forms.ChoiceField(
                label=field.label,
                choices=[(KEPT, KEPT), (OTHER, OTHER)],
                initial=OTHER if field.takes_other else KEPT,
                required=False,
            )

    def rows(self) -> list[tuple[MergeField, bool]]:
        """Return the fields, each with whether the other one's value is chosen."""
        return [(field, self[f"take_{field.name}"].value() == OTHER) for field in self.differing]

    @property
    def taken(self) -> list[str]:
        """The fields that the kept touchpoint takes from the other one."""
        return [field.name for field in self.differing if self.cleaned_data[f"take_{field.name}"] == OTHER]

    @property
    def versions(self) -> tuple[int, int]:
        """In which versions the two were seen."""
        return self.cleaned_data["kept_version"], self.cleaned_data["other_version"]
