"""Lists of names and of results that are narrowed while one types; what is ticked and not shown stays as it is."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from tests.e2e.rooms import planned
from tests.factories import ActivityFactory, CycleFactory, JourneyFactory, MembershipFactory, WorkshopFactory
from workshops import services
from workshops.models import Activity, WorkshopSpectator

OpenPage = Callable[..., Page]


@pytest.fixture
def members(transactional_db: None, organisation: Organisation) -> list[Membership]:
    """250 members, "Person 000" to "Person 249"."""
    return [MembershipFactory(organisation=organisation, user__name=f"Person {number:03}") for number in range(250)]


def test_members_are_found_by_name_on_the_plan_and_ticks_stay(
    open_page: OpenPage, mara: Membership, members: list[Membership]
) -> None:
    workshop = planned(mara)
    page = open_page(mara)
    page.goto(reverse("workshops:workshop_detail", args=[mara.organisation.slug, workshop.code]))
    page.get_by_text("Vorab festlegen, wer nur zusieht").click()
    field = page.get_by_role("searchbox", name="Mitglieder durchsuchen")

    field.fill("person 007")
    expect(page.locator("#spectators label:visible")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="von")).to_have_text("1 von 251 Namen")
    page.get_by_label("Person 007").check()
    field.fill("249 PERSON")
    page.get_by_label("Person 249").check()
    field.press("Enter")
    expect(page.get_by_role("status").filter(has_text="von")).to_have_text("1 von 251 Namen")
    page.locator("#spectators").locator("xpath=..").get_by_role("button", name="Speichern").click()

    page.wait_for_function("document.querySelectorAll('#spectators :checked').length === 2")
    with member_scope(mara.organisation):
        marked = WorkshopSpectator.objects.values_list("membership__user__name", flat=True)
        assert sorted(marked) == ["Person 007", "Person 249"]


def test_all_of_a_search_are_ticked_and_nobody_else(
    open_page: OpenPage, mara: Membership, members: list[Membership]
) -> None:
    workshop = planned(mara)
    with member_scope(mara.organisation):
        activity = Activity.objects.get(workshop=workshop)
        services.open_in_advance(activity=activity, until=timezone.now() + timedelta(days=1), by=mara)
    page = open_page(mara)
    page.goto(reverse("workshops:activity_remind", args=[mara.organisation.slug, activity.code]))
    toggle = page.locator("[data-ticks-toggle]")
    toggle.click()
    if toggle.inner_text() == "Keine ankreuzen":
        toggle.click()
    expect(page.locator("#reminded :checked")).to_have_count(0)

    page.get_by_role("searchbox", name="Mitglieder durchsuchen").fill("person 01")
    toggle.click()

    found = sum("01" in member.user.name for member in members)
    expect(page.locator("#reminded :checked")).to_have_count(found)
    page.get_by_role("searchbox", name="Mitglieder durchsuchen").fill("niemand")
    expect(toggle).to_be_hidden()


def test_without_scripts_the_whole_list_of_names_stands_there(
    open_page: OpenPage, mara: Membership, members: list[Membership]
) -> None:
    workshop = planned(mara)
    page = open_page(mara, java_script_enabled=False)
    page.goto(reverse("workshops:workshop_detail", args=[mara.organisation.slug, workshop.code]))
    page.get_by_text("Vorab festlegen, wer nur zusieht").click()

    expect(page.locator("#spectators label")).to_have_count(251)
    expect(page.locator("#spectators-search")).to_be_hidden()


def test_results_are_found_by_name_above_the_reports(
    open_page: OpenPage, transactional_db: None, organisation: Organisation, max: Membership
) -> None:
    for number in range(30):
        cycle = CycleFactory(journey=JourneyFactory(organisation=organisation, name=f"Weg {number:02}"))
        ActivityFactory(
            workshop=WorkshopFactory(organisation=organisation, cycle=cycle, title="Treffen"), revealed=True
        )
    page = open_page(max)
    page.goto(reverse("reports:report_list", args=[organisation.slug]))
    rows = page.locator("#report-results li")
    expect(rows).to_have_count(10)

    page.get_by_role("searchbox").fill("weg 1")
    expect(page.get_by_role("status").filter(has_text="Einträgen")).to_contain_text("12 von 30 Einträgen")
    page.get_by_role("searchbox").fill("weg 17")

    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Weg 17")
    expect(page).to_have_url(re.compile(r"/reports/\?q=weg\+17$"))
    page.reload()
    expect(rows).to_have_count(1)
