"""How allauth signs people up here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language, get_supported_language_variant

from accounts.permissions import FOUNDING, SETTING_UP, can_sign_up
from accounts.services.organisations import use_setup_link


class AccountAdapter(DefaultAccountAdapter):
    """Opens the sign-up as SIGNUP, an invitation or the set-up link say, and keeps in which language people read."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Log in; mails to this person are written in the language of the page they logged in on."""
        super().login(request, user)
        user.language = get_supported_language_variant(get_language() or settings.LANGUAGE_CODE)
        user.save(update_fields=["language"])

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return can_sign_up(request)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Create the account; the set-up link that opened the sign-up is used up with it.

        Of two who sign up with it at once, the first may found; the second needs another reason to be here.
        """
        with transaction.atomic():
            if (link_id := request.session.pop(SETTING_UP, None)) is not None:
                if use_setup_link(link_id=link_id):
                    request.session[FOUNDING] = True
                elif not can_sign_up(request):
                    raise PermissionDenied
            return super().save_user(request, user, form, commit)
