"""A paste that is far too long is refused with a sentence, and stays in its field to be shortened."""

from collections.abc import Callable

from django.urls import reverse
from django_scopes import scopes_disabled
from playwright.sync_api import Page, expect

from accounts.models import Membership
from journeys.models import Station
from tests.e2e.conftest import Watch
from tests.factories import JourneyFactory, StationFactory, TouchpointFactory

OpenPage = Callable[..., Page]


def test_ten_thousand_pasted_characters_stay_and_are_said_to_be_too_many(
    open_page: OpenPage, mara: Membership, watch: Watch
) -> None:
    watch.expected = ["422 (Unprocessable Entity)"]
    journey = JourneyFactory(organisation=mara.organisation)
    touchpoint = TouchpointFactory(organisation=mara.organisation, name="Website", phase="PS")
    StationFactory(journey=journey, touchpoint=touchpoint)
    page = open_page(mara)
    page.goto(reverse("journeys:journey_board", args=[mara.organisation.slug, journey.code]))
    page.get_by_role("link", name="Website").click()
    field = page.get_by_label("Was wirklich geschieht")
    expect(field).to_be_visible()

    field.focus()
    page.keyboard.insert_text("x" * 10_000)  # as a paste arrives, subject to what the field takes
    page.locator("#station-form").get_by_role("button", name="Speichern", exact=True).click()

    sentence = "Das ist zu lang: 10000 Zeichen, höchstens 1000 passen. Bitte kürzen Sie es."
    expect(page.locator("#station-form .field__error")).to_have_text(sentence)
    expect(field).to_have_value("x" * 10_000)
    with scopes_disabled():
        assert Station.objects.get().reality == ""
