"""The filters of the analysis page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from touchpoints.enums import Medium, Phase, Relation
from workshops.queries.analysis import Only, Source, Wanted


class AnalysisFilterForm(forms.Form):
    """Which stations are shown. It offers what the result has; what it does not have is named and left out."""

    block = forms.ChoiceField(label=_("Block"), required=False)
    phase = forms.ChoiceField(label=_("Phase"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    medium = forms.ChoiceField(label=_("Online or offline"), required=False)
    relation = forms.ChoiceField(label=_("Direct or indirect"), required=False)
    only = forms.ChoiceField(label=_("Only stations"), required=False)

    def __init__(self, data: Mapping[str, Any], *, source: Source) -> None:
        super().__init__(data, auto_id="filter_%s")
        stations = source.result.stations
        offered: dict[str, list[tuple[str, Any]]] = {
            "block": [(str(block.code), block.name) for block in source.blocks],
            "phase": _present(Phase, (station.phase for station in stations)),
            "department": _names(station.department for station in stations),
            "channel": _names(station.channel for station in stations),
            "medium": _present(Medium, (station.medium for station in stations)),
            "relation": _present(Relation, (station.relation for station in stations)),
            "only": list(Only.choices),
        }
        for name, choices in offered.items():
            empty = pgettext_lazy("blocks", "All together") if name == "block" else _("All")
            self.fields[name].choices = [("", empty), *choices]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def wanted(self) -> Wanted:
        """What was asked for, without what this result does not have."""
        self.is_valid()
        known = {name: value for name, value in self.cleaned_data.items() if value and name != "block"}
        return Wanted(**known)

    @property
    def unknown_words(self) -> str:
        """Which filters name something that is not here, in a sentence; empty where all are understood."""
        labels = [str(self.fields[name].label) for name in self.errors]
        if not labels:
            return ""
        return gettext("The address asks for something that this result does not have. Left out: %(filters)s.") % {
            "filters": ", ".join(labels)
        }

    @property
    def useful(self) -> list[forms.BoundField]:
        """The filters that have something to choose between."""
        return [field for field in self if len(field.field.choices) > 2 or field.name in self.data]  # type: ignore[attr-defined]  # a ChoiceField


def _present(choices: Any, found: Iterable[Any]) -> list[tuple[str, Any]]:
    there = set(found)
    return [(one.value, one.label) for one in choices if one in there]


def _names(found: Iterable[str]) -> list[tuple[str, Any]]:
    return [(name, name) for name in sorted({name for name in found if name}, key=str.casefold)]
