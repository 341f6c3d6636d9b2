"""What was typed outlives a login that has ended, and a page that is older than the login."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.urls import reverse
from django_scopes import scopes_disabled
from playwright.sync_api import Page, expect

from accounts.models import Membership, Organisation, User
from journeys.models import Journey, Persona, Station
from tests.e2e.conftest import Watch
from tests.factories import PASSWORD, JourneyFactory, PersonaFactory, StationFactory, TouchpointFactory

OpenPage = Callable[..., Page]

FILLED_IN = "Was Sie hier vorhin getippt haben, ist wieder eingetragen. Es ist noch nicht gespeichert."
KEPT = "Was Sie gerade getippt haben, bleibt in diesem Browser-Tab aufgehoben und wird wieder eingetragen."


@pytest.fixture
def journey(transactional_db: None, organisation: Organisation) -> Journey:
    journey = JourneyFactory(organisation=organisation)
    StationFactory(journey=journey, touchpoint=TouchpointFactory(organisation=organisation, name="Website", phase="PS"))
    return journey


def end_all_logins() -> None:
    Session.objects.all().delete()


def log_in(page: Page, member: Membership) -> None:
    """Log in by the form, with a password as the server stores it; the tests' own are quicker and unknown there."""
    stored = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000)
    User.objects.filter(pk=member.user_id).update(password=stored)
    page.get_by_label("E-Mail").fill(member.user.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()


def kept(page: Page) -> str | None:
    """What the tab's storage holds of unsent words."""
    found: str | None = page.evaluate("sessionStorage.getItem('unsent')")
    return found


def test_board_keeps_the_words_of_a_station_when_the_login_ends(
    open_page: OpenPage, mara: Membership, journey: Journey
) -> None:
    page = open_page(mara)
    page.goto(reverse("journeys:journey_board", args=[journey.organisation.slug, journey.code]))
    page.get_by_role("link", name="Website").click()
    page.get_by_label("Was wirklich geschieht").fill("Die Suche findet nichts.")

    end_all_logins()

    # The board's own question neither leads away nor says nothing.
    note = page.locator("#station-form [role=status]")
    expect(note).to_contain_text("Ihre Anmeldung ist beendet. Was Sie getippt haben, steht noch hier.")
    expect(page.get_by_label("Was wirklich geschieht")).to_have_value("Die Suche findet nichts.")
    page.locator("#station-form").get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    log_in(page, mara)
    expect(note).to_contain_text(FILLED_IN)
    expect(page.get_by_label("Was wirklich geschieht")).to_have_value("Die Suche findet nichts.")
    page.locator("#station-form").get_by_role("button", name="Speichern", exact=True).click()
    expect(page.locator("#station-dialog")).to_be_hidden()
    with scopes_disabled():
        assert Station.objects.get().reality == "Die Suche findet nichts."
    page.reload()
    expect(page.locator(".board__station")).to_contain_text("1 von 3 beschrieben")
    assert kept(page) is None


def test_name_that_was_sent_from_the_board_without_a_login_is_in_its_field_again(
    open_page: OpenPage, mara: Membership, journey: Journey
) -> None:
    page = open_page(mara)
    page.goto(reverse("journeys:journey_board", args=[journey.organisation.slug, journey.code]))
    field = page.locator("#board-name-pu")
    end_all_logins()

    field.fill("Fahrkarte")
    field.press("Enter")
    log_in(page, mara)

    expect(field).to_have_value("Fahrkarte")
    expect(page.locator("#board-add-pu [role=status]")).to_contain_text(FILLED_IN)
    field.press("Enter")
    expect(page.locator(".board__station h3")).to_have_text(["Website", "Fahrkarte"])
    assert kept(page) is None


def test_persona_form_is_filled_in_again_after_the_login_and_forgotten_once_discarded(
    open_page: OpenPage, mara: Membership
) -> None:
    page = open_page(mara)
    address = reverse("journeys:persona_create", args=[mara.organisation.slug])
    page.goto(address)
    page.get_by_label("Name", exact=True).fill("Petra")
    page.get_by_label("Ziele").fill("Pünktlich ankommen")

    end_all_logins()

    page.get_by_role("button", name="Speichern").click()
    log_in(page, mara)
    expect(page.locator("form [role=status]")).to_contain_text(FILLED_IN)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Petra")
    expect(page.get_by_label("Ziele")).to_have_value("Pünktlich ankommen")
    # Looked at again without having been sent, it is still there.
    page.goto(reverse("journeys:persona_list", args=[mara.organisation.slug]))
    page.goto(address)
    expect(page.get_by_label("Ziele")).to_have_value("Pünktlich ankommen")
    page.get_by_role("button", name="Getipptes verwerfen").click()
    expect(page.get_by_label("Ziele")).to_have_value("")
    assert kept(page) is None


def test_second_tab_with_an_older_page_gets_its_words_back(open_page: OpenPage, mara: Membership, watch: Watch) -> None:
    watch.expected = ["403 (Forbidden)"]
    persona = PersonaFactory(organisation=mara.organisation, name="Petra")
    old = open_page(mara)
    old.goto(reverse("journeys:persona_edit", args=[mara.organisation.slug, persona.code]))
    old.get_by_label("Zitat").fill("Ich will nur ankommen.")
    end_all_logins()
    new = old.context.new_page()
    new.goto(reverse("journeys:persona_list", args=[mara.organisation.slug]))
    log_in(new, mara)
    expect(new.get_by_role("heading", name="Personas", level=1)).to_be_visible()

    old.get_by_role("button", name="Speichern").click()

    expect(old.get_by_role("heading", level=1)).to_have_text("Diese Seite war zu lange offen")
    old.get_by_role("link", name="Zurück zu dieser Seite").click()
    expect(old.locator("form [role=status]")).to_contain_text(FILLED_IN)
    old.get_by_role("button", name="Speichern").click()
    expect(old.get_by_text("Ich will nur ankommen.")).to_be_visible()
    with scopes_disabled():
        assert Persona.objects.get().quote == "Ich will nur ankommen."
    assert kept(old) is None


def test_fragment_with_an_older_page_stays_and_is_filled_in_again(
    open_page: OpenPage, mara: Membership, watch: Watch
) -> None:
    watch.expected = ["403 (Forbidden)", "Response Status Error Code 403"]
    touchpoint = TouchpointFactory(organisation=mara.organisation, name="Schalter")
    old = open_page(mara)
    old.goto(reverse("touchpoints:touchpoint_edit", args=[mara.organisation.slug, touchpoint.code]))
    old.get_by_label("Kanal").fill("Bahnhof")
    end_all_logins()
    new = old.context.new_page()
    new.goto(reverse("touchpoints:touchpoint_list", args=[mara.organisation.slug]))
    log_in(new, mara)
    expect(new.get_by_role("heading", level=1)).to_be_visible()

    old.get_by_role("button", name="Touchpoint speichern").click()

    note = old.locator("#touchpoint-form [role=status]")
    expect(note).to_contain_text("Das wurde nicht gespeichert: Die Seite war zu lange offen")
    note.get_by_role("button", name="Seite neu laden").click()
    expect(note).to_contain_text(FILLED_IN)
    expect(old.get_by_label("Kanal")).to_have_value("Bahnhof")


def test_words_of_one_person_are_not_offered_to_the_next(
    open_page: OpenPage, mara: Membership, olga: Membership
) -> None:
    page = open_page(mara)
    page.goto(reverse("journeys:persona_create", args=[mara.organisation.slug]))
    page.get_by_label("Name", exact=True).fill("Petra")
    end_all_logins()

    page.get_by_role("button", name="Speichern").click()
    log_in(page, olga)

    expect(page.get_by_role("button", name="Speichern")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    assert kept(page) is None


def test_page_left_on_purpose_keeps_nothing(open_page: OpenPage, mara: Membership) -> None:
    page = open_page(mara)
    address = reverse("journeys:persona_create", args=[mara.organisation.slug])
    page.goto(address)
    page.get_by_label("Name", exact=True).fill("Petra")

    page.get_by_role("link", name="Zurück, ohne zu speichern").click()

    expect(page.get_by_role("heading", name="Personas", level=1)).to_be_visible()
    assert kept(page) is None
