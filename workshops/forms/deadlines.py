"""What a moderator types for a block in advance: until when answers are taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops.deadlines import problem_with, suggested_deadline
from workshops.models import Activity

FORMAT = "%Y-%m-%dT%H:%M"


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's own control; its value is always written the ISO way, whatever the language."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=FORMAT)


class DeadlineField(forms.DateTimeField):
    """A moment ahead, typed in the active time zone.

    Where the clocks go back, an hour that comes twice means its second time, so that nobody is too late; an hour that
    is left out where they go forward is no moment, and a sentence says so.
    """

    widget = LocalDateTimeInput
    default_error_messages = {
        "required": _("Please choose a date and a time."),
        "invalid": _("Please choose a date and a time, for example 24 November, 18:00."),
        "left_out": _("On that day the clocks go forward, and this hour is left out. Please choose another time."),
    }

    def to_python(self, value: Any) -> datetime | None:
        """The moment in ``value``, or None where nothing was typed."""
        if value in self.empty_values:
            return None
        try:
            typed = datetime.strptime(str(value).strip()[:16], FORMAT)  # noqa: DTZ007 - its time zone follows
            moment = typed.replace(tzinfo=timezone.get_current_timezone(), fold=1)
            back = moment.astimezone(UTC).astimezone(moment.tzinfo)
        except (ValueError, OverflowError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if back.replace(tzinfo=None, fold=0) != typed:
            raise forms.ValidationError(self.error_messages["left_out"], code="left_out")
        return moment

    def validate(self, value: datetime | None) -> None:
        """Refuse what has passed or lies too far ahead."""
        super().validate(value)
        if value is not None and (problem := problem_with(value)):
            raise forms.ValidationError(problem, code="range")


def deadline_stamp(activity: Activity) -> str:
    """One text per deadline, for forms to say which one they saw."""
    return activity.answers_until.astimezone(UTC).isoformat() if activity.answers_until else ""


class DeadlineForm(forms.Form):
    """The deadline of one block. ``seen`` is the one that the page showed."""

    until = DeadlineField(label=_("Answers until"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    @classmethod
    def of(cls, activity: Activity) -> DeadlineForm:
        """The form with what is set or, where that has passed, with what suits the meeting."""
        until = activity.answers_until
        if until is None or activity.is_over:
            until = suggested_deadline(activity.workshop.planned_for)
        return cls(initial={"until": until, "seen": deadline_stamp(activity)})

    def is_stale(self, activity: Activity) -> bool:
        """Whether somebody has set another deadline since, which is not the one that was typed now."""
        moved = self.cleaned_data["seen"] != deadline_stamp(activity)
        return moved and self.cleaned_data["until"] != activity.answers_until

    def see(self, activity: Activity) -> None:
        """Let the bound form carry the deadline that is set now: sending it again is then a decision."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = deadline_stamp(activity)
        self.data = data
