"""The pages before and beside the organisations."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.decorators import public, require_safe
from accounts.permissions import INVITED, SETTING_UP, can_create_organisation, can_sign_up
from accounts.queries import is_of_the_demo, organisations_of
from accounts.services.organisations import find_setup_link


@require_safe
@public
def landing(request: HttpRequest) -> HttpResponse:
    """Greet a visitor; lead a person straight on to where they belong."""
    if not request.user.is_authenticated:
        return render(request, "accounts/landing.html", {"may_sign_up": can_sign_up(request)})
    if token := request.session.get(INVITED):
        return redirect("accounts:invitation_accept", token=token)
    organisations = organisations_of(request.user)
    if len(organisations) == 1:
        return redirect("workshops:home", org=organisations[0][0].slug)
    if not organisations and can_create_organisation(request):
        return redirect("accounts:organisation_create")
    return redirect("accounts:organisation_list")


@require_safe
@public
def stored_data(request: HttpRequest) -> HttpResponse:
    """Say what is stored, for works councils and for everybody who rates."""
    return render(request, "accounts/stored_data.html")


@require_safe
@public
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Let the first owner sign up with the one-time link that the start printed."""
    link = find_setup_link(token)
    if link is None:
        return render(request, "accounts/link_invalid.html", {"kind": "setup"}, status=404)
    if request.user.is_authenticated and is_of_the_demo(request.user):
        logout(request)  # whoever has looked around as one of the demo's people begins as somebody of their own
    request.session[SETTING_UP] = link.pk
    return redirect("accounts:organisation_create" if request.user.is_authenticated else "account_signup")
