"""Error pages: a clear sentence, the request id, and nothing that could break them."""

import pytest
from django.test import Client, RequestFactory
from django.utils.translation import override

from accounts.views.errors import server_error


def test_not_found_names_the_request_and_shows_no_navigation(client: Client, db: None) -> None:
    response = client.get("/there/is/nothing/here/")

    assert response.status_code == 404
    html = response.content.decode()
    assert "<h1>Hier ist nichts</h1>" in html
    assert f"<code>{response['X-Request-ID']}</code>" in html
    assert 'class="nav"' not in html


@pytest.mark.parametrize(("language", "title"), [("de", "Das hat nicht geklappt"), ("en", "That did not work")])
def test_server_error_needs_no_context_processor_and_no_database(rf: RequestFactory, language: str, title: str) -> None:
    request = rf.get("/")
    request.request_id = "0f1e2d3c4b5a"  # type: ignore[attr-defined]

    with override(language):
        response = server_error(request)

    assert response.status_code == 500
    html = response.content.decode()
    assert f"<h1>{title}</h1>" in html
    assert "<code>0f1e2d3c4b5a</code>" in html
    assert f'<html lang="{language}">' in html


def test_post_without_a_token_is_refused_in_whole_sentences(db: None) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/accounts/login/", {"login": "olga@example.org", "password": "x"})

    assert response.status_code == 403
    assert "<h1>Diese Seite war zu lange offen</h1>" in response.content.decode()
