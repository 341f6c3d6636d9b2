"""How allauth signs people up here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.permissions import can_sign_up


class AccountAdapter(DefaultAccountAdapter):
    """Opens the sign-up as SIGNUP, an invitation or the set-up link say."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return can_sign_up(request)
