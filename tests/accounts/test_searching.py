"""The search of the long lists: members, departments, journeys, personas and workshops, each at its address."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import Membership, Organisation
from accounts.queries import search
from accounts.services.members import create_invitation
from accounts.tenancy import member_scope
from tests.factories import (
    DepartmentFactory,
    JourneyFactory,
    MembershipFactory,
    PersonaFactory,
    UserFactory,
    WorkshopFactory,
)

NAMES = ("Ärger am Schalter", "Öffentlich", "Schalter zu", "Vierte", "Fünfte", "Sechste", "Siebte", "Achte")


def make_members(organisation: Organisation, name: str) -> None:
    MembershipFactory(organisation=organisation, user=UserFactory(name=name))


LISTS: dict[str, Callable[[Organisation, str], object]] = {
    "accounts:member_list": make_members,
    "accounts:department_list": lambda organisation, name: DepartmentFactory(organisation=organisation, name=name),
    "journeys:journey_list": lambda organisation, name: JourneyFactory(organisation=organisation, name=name),
    "journeys:persona_list": lambda organisation, name: PersonaFactory(organisation=organisation, name=name),
    "workshops:workshop_list": lambda organisation, name: WorkshopFactory(organisation=organisation, title=name),
}


def url(name: str) -> str:
    return reverse(name, args=["regio-bahn"])


@pytest.mark.parametrize("name", LISTS)
def test_a_long_list_is_searched_by_every_word_with_and_without_javascript(mara_client, organisation, name):
    for title in NAMES:
        LISTS[name](organisation, title)
    total = len(NAMES) + (name == "accounts:member_list")  # mara herself

    whole = mara_client.get(url(name))
    plain = mara_client.get(url(name), {"q": "schalter  ÄRGER"})
    fragment = mara_client.get(url(name), {"q": "schalter"}, headers={"HX-Request": "true"})
    nothing = mara_client.get(url(name), {"q": "gibt es nicht"}, headers={"HX-Request": "true"})

    assert f'<p id="list-count" role="status">{total} Einträge' in whole.content.decode()
    page = plain.content.decode()
    assert [title for title in NAMES if title in page] == ["Ärger am Schalter"]
    assert f'role="status">1 von {total} Einträgen · <a href="{url(name)}">Alle zeigen</a>' in page
    assert 'value="schalter  ÄRGER"' in page
    part = fragment.content.decode()
    assert [title for title in NAMES if title in part] == ["Ärger am Schalter", "Schalter zu"]
    assert f'<p id="list-count" role="status" hx-swap-oob="innerHTML">2 von {total} Einträgen' in part
    assert "<html" not in part
    assert fragment["HX-Replace-Url"] == "?q=schalter"
    assert "Zu dieser Suche passt nichts." in nothing.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_taking_the_search_back_shows_all_and_cleans_the_address(mara_client, organisation, name):
    for title in NAMES:
        LISTS[name](organisation, title)

    answer = mara_client.get(url(name), {"q": " "}, headers={"HX-Request": "true"})

    assert [title for title in NAMES if title in answer.content.decode()] == list(NAMES)
    assert answer["HX-Replace-Url"] == url(name)


@pytest.mark.parametrize("name", LISTS)
def test_a_short_list_has_no_search_until_somebody_searches(mara_client, organisation, name):
    for title in NAMES[:3]:
        LISTS[name](organisation, title)

    assert 'role="search"' not in mara_client.get(url(name)).content.decode()
    assert 'role="search"' in mara_client.get(url(name), {"q": "Schalter"}).content.decode()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("count", [1, 3])
def test_a_search_asks_no_more_queries_for_more_rows(mara_client, organisation, django_assert_num_queries, name, count):
    for title in NAMES[:count]:
        LISTS[name](organisation, title)
    queries = {"accounts:member_list": 6, "accounts:department_list": 4, "journeys:journey_list": 5}

    with django_assert_num_queries(queries.get(name, 4)):
        mara_client.get(url(name), {"q": "e"})


def test_open_invitations_are_found_with_the_members(olga_client, olga: Membership):
    with member_scope(olga.organisation):
        for person in ("anna", "bert"):
            create_invitation(email=f"{person}@example.org", role="manager", department=None, by=olga)

    page = olga_client.get(url("accounts:member_list"), {"q": "anna"}).content.decode()

    assert [name in page for name in ("anna@example.org", "bert@example.org")] == [True, False]
    assert "1 von 3 Einträgen" in page


def test_hostile_words_find_nothing_and_stay_words(mara_client, organisation):
    for title in NAMES:
        LISTS["journeys:journey_list"](organisation, title)

    for words in ("<script>alert(1)</script>", "\0", "%", "x" * 5000):
        page = mara_client.get(url("journeys:journey_list"), {"q": words})

        assert page.status_code == 200
        assert b"<script>alert" not in page.content
        assert page.context["found"].rows == []
        assert len(page.context["found"].words) <= 200


def test_words_are_looked_for_in_one_row_not_across_rows():
    found = search([("a b", "c"), ("b", "d")], "B c", lambda row: row)

    assert (found.rows, found.total, found.words) == ([("a b", "c")], 2, "B c")
