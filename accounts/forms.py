"""What people type about themselves and their organisation."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignupForm(forms.Form):
    """What the sign-up asks besides address and password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Called by allauth after the account was created, inside its transaction."""
        assert isinstance(user, User)  # noqa: S101 - narrows the type; allauth hands over AUTH_USER_MODEL
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
