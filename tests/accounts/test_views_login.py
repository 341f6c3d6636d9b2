"""The pages of the login in our own look, in both languages."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User


@pytest.mark.parametrize(("language", "title"), [("de", "Anmelden"), ("en", "Log in")])
def test_login_speaks_the_browsers_language(client: Client, db: None, language: str, title: str) -> None:
    response = client.get("/accounts/login/", headers={"accept-language": language})

    html = response.content.decode()
    assert f"<h1>{title}</h1>" in html
    assert f'<html lang="{language}">' in html


def test_login_keeps_what_was_typed_and_says_what_is_wrong(client: Client, db: None) -> None:
    response = client.post("/accounts/login/", {"login": "olga@example.org", "password": "wrong-password"})

    html = response.content.decode()
    assert 'value="olga@example.org"' in html
    assert html.count('role="alert"') == 2  # the sentence, and the empty banner for a lost connection
    assert "wrong-password" not in html


def test_login_with_the_right_password_leads_on_without_a_message(client: Client, db: None) -> None:
    User.objects.create_user("olga@example.org", "a long enough one", name="Olga")

    response = client.post("/accounts/login/", {"login": "Olga@Example.org", "password": "a long enough one"})

    assert response.status_code == 302
    assert response["Location"] == settings.LOGIN_REDIRECT_URL
    assert "_messages" not in client.session


def test_signup_field_errors_are_linked_to_their_fields(client: Client, db: None, settings: object) -> None:
    settings.SIGNUP = "open"  # type: ignore[attr-defined]

    response = client.post("/accounts/signup/", {"name": "Olga", "email": "not an address", "password1": "123"})

    html = response.content.decode()
    assert 'id="id_email_error"' in html
    assert 'aria-describedby="id_email_error"' in html
    assert 'value="not an address"' in html


def test_closed_signup_says_that_an_invitation_is_needed(client: Client, db: None, settings: object) -> None:
    settings.SIGNUP = "invite"  # type: ignore[attr-defined]

    html = client.get("/accounts/signup/").content.decode()

    assert "<h1>Dafür braucht es eine Einladung</h1>" in html
    assert 'name="password1"' not in html


def test_forgotten_password_without_mail_names_the_owner_instead_of_a_form(
    client: Client, db: None, settings: object
) -> None:
    settings.HAS_MAIL = False  # type: ignore[attr-defined]

    html = client.get("/accounts/password/reset/").content.decode()

    assert 'name="email"' not in html
    assert "Dieser Server verschickt keine E-Mails." in html
