"""What a moderator types to remind people: whom, and in which words for each language that they read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms import UncutForm
from accounts.models import Membership
from workshops.forms.room import readable
from workshops.queries.reminders import OpenMember, ReminderWords

MAX_SUBJECT, MAX_TEXT = 150, 4000


class ReminderForm(UncutForm):
    """Recipients, and per language a subject and a text. ``code`` makes a second sending one reminder."""

    code = forms.UUIDField(widget=forms.HiddenInput)
    members = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please tick whom to remind."),
            "invalid_choice": _("Somebody has finished or left in the meantime. Please look at the ticks again."),
        },
    )

    def __init__(
        self, data: QueryDict | None, *, people: Sequence[OpenMember], words: Mapping[str, ReminderWords]
    ) -> None:
        """``words`` are the suggestions, for each language that somebody among ``people`` reads."""
        initial = {"code": uuid.uuid4(), "members": [str(each.code) for each in people if each.suggested]}
        super().__init__(data, initial=initial)
        self.people, self.words = people, words
        self.fields["members"].choices = [(str(each.code), each.name) for each in people]  # type: ignore[attr-defined]
        names = dict(settings.LANGUAGES)
        for language, suggestion in words.items():
            several = {"language": names[language]} if len(words) > 1 else None
            self.fields[f"subject_{language}"] = forms.CharField(
                label=_("Subject in %(language)s") % several if several else _("Subject"),
                max_length=MAX_SUBJECT,
                initial=suggestion.subject[:MAX_SUBJECT],
            )
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Message in %(language)s") % several if several else _("Message"),
                max_length=MAX_TEXT,
                initial=suggestion.text,
                widget=forms.Textarea(attrs={"rows": 7}),
            )

    def clean(self) -> dict[str, Any]:
        """One readable line for a subject, whatever was pasted."""
        cleaned = super().clean() or {}
        for language in self.words:
            name = f"subject_{language}"
            if name in cleaned:
                cleaned[name] = readable(cleaned[name])
        return cleaned

    @property
    def texts(self) -> dict[str, tuple[str, str]]:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        return {language: (typed[f"subject_{language}"], typed[f"text_{language}"]) for language in self.words}

    @property
    def chosen(self) -> list[Membership]:
        """The ticked members."""
        ticked = set(self.cleaned_data["members"])
        return [each.member for each in self.people if str(each.code) in ticked]

    @property
    def ticked(self) -> set[str]:
        """Codes that are ticked as the form stands, also after a refusal."""
        return {str(code) for code in self["members"].value() or ()}

    @property
    def languages(self) -> list[tuple[Any, Any, ReminderWords]]:
        """Subject, text and what is added, per language."""
        return [
            (self[f"subject_{language}"], self[f"text_{language}"], words) for language, words in self.words.items()
        ]
