"""From the printed set-up link to an organisation of one's own."""

from django.test import Client

from accounts.services.organisations import create_setup_link


def test_first_owner_signs_up_and_founds_an_organisation(open_page, server):
    link = create_setup_link()
    page = open_page()

    page.goto("/setup/" + link.rstrip("/").rsplit("/", 1)[1] + "/")
    page.get_by_label("Ihr Name").fill("Grete Gründerin")
    page.get_by_label("E-Mail").fill("grete@example.org")
    page.get_by_label("Passwort", exact=True).fill("eine lange Passphrase")
    page.get_by_role("button", name="Konto anlegen").click()
    page.get_by_label("Name", exact=True).fill("Grünes Haus")
    page.get_by_role("button", name="Organisation anlegen").click()

    page.wait_for_url("**/o/gruenes-haus/")
    assert Client().get("/o/gruenes-haus/").status_code == 302
