"""The result, the reasons, and the Ist-Stand that is recorded from them."""

import re

import pytest

from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, ParticipantFactory
from tests.workshops.pages import HTMX, room_of, url
from tests.workshops.support import make_room
from workshops import services
from workshops.enums import WorkshopState
from workshops.models import ActivityStation, Ballot, Baseline, StationTally, Workshop

pytestmark = pytest.mark.django_db


def result_of(client, room):
    return client.get(url("workshop_result", room.workshop.code)).context["page"]


def freeze(organisation, room, mara):
    with member_scope(organisation):
        return services.freeze_ist(workshop=room.workshop, by=mara)


def write_reason(text):
    tally = StationTally._base_manager.filter(disappointing__gt=0).first()
    tally.reasons = [{"text": text, "drawer": 0}]
    StationTally._base_manager.bulk_update([tally], ["reasons"])


def write_reasons(room):
    """Everybody gives a reason for every answer."""
    with member_scope(room.workshop.organisation):
        for ballot in Ballot.objects.filter(activity=room.activity):
            ballot.answers = {station: {**answer, "reason": "Weil."} for station, answer in ballot.answers.items()}
            ballot.save(update_fields=["answers"])
        for tally in StationTally.objects.filter(station__activity=room.activity):
            tally.reasons = [{"text": "Weil.", "drawer": 5}]
            tally.save(update_fields=["reasons"])


# --- the result -------------------------------------------------------------------------------------------------------


def test_result_names_first_and_last_impression_and_the_ends(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")

    page = result_of(mara_client, room)

    assert [(row.label, row.name, row.figures.balance) for row in page.impressions] == [
        ("Erster Eindruck", "Station 1", 100),
        ("Letzter Eindruck", "Station 3", -100),
        ("Höchster Punkt", "Station 1", 100),
        ("Tiefster Punkt", "Station 3", -100),
    ]
    assert [row.words for row in page.talk] == [
        "einig · Saldo +100 · n\xa0=\xa03",
        "einig · Saldo 0 · n\xa0=\xa03",
        "einig · Saldo −100 · n\xa0=\xa03",
    ]


def test_result_ranks_only_stations_whose_criticality_is_known(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    ActivityStation._base_manager.filter(name="Station 2").update(criticality=3)

    assert [(row.name, row.words) for row in result_of(mara_client, room).critical] == [
        ("Station 2", "Kritikalität: hoch · Saldo 0")
    ]


def test_result_of_two_raters_shows_no_figure(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=2, state="revealed")

    response = mara_client.get(url("workshop_result", room.workshop.code))

    page = response.context["page"]
    assert (page.talk, page.critical) == ((), ())
    assert [row.figures for row in page.impressions] == [None, None]
    assert [station.balance for station in page.curve.figures.stations] == [None, None, None]
    assert response.content.decode().count("n &lt; 3") == 3


def test_result_shows_nothing_before_reveal(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")

    response = mara_client.get(url("workshop_result", room.workshop.code))

    assert response.context["page"].curve is None
    assert "Noch ist nichts aufgedeckt" in response.content.decode()
    assert response.context["page"].running_words == (
        "„Bewerten, verdeckt“ läuft und zeigt vor dem Aufdecken keinen Wert."
    )


def test_result_offers_each_reader_what_they_may(mara_client, max_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")

    for_mara, for_max = result_of(mara_client, room), result_of(max_client, room)

    assert (for_mara.may_moderate, for_mara.may_freeze, for_mara.may_report) == (True, True, True)
    assert (for_max.may_moderate, for_max.may_freeze, for_max.may_report) == (False, False, True)


def test_result_is_open_to_employees_once_the_workshop_is_closed(emil_client, fremd_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    address = url("workshop_result", room.workshop.code)

    assert emil_client.get(address).status_code == 403
    freeze(organisation, room, mara)

    assert emil_client.get(address).status_code == 200
    assert emil_client.get(address).context["page"].may_report is False
    assert fremd_client.get(address).status_code == 404


CONTACTS = {
    "de": [
        "Eigene und externe Stationen",
        "Verglichen werden hier Stationen, nicht Bewertende:",
        "Stationen, die wir selbst betreiben",
        "Stationen, die ein Dienstleister für uns betreibt",
        "Stationen, die Dritte machen",
    ],
    "en": [
        "In-house and external stations",
        "Stations are compared here, not raters:",
        "Stations that we run ourselves",
        "Stations that a provider runs for us",
        "Stations that third parties make",
    ],
}
DEPARTMENTS = {"de": "Nach Abteilung", "en": "By department"}


def related(organisation, mara, *kinds):
    """Three stations of +100, 0 and −100, each with its relation and whether its department is a provider."""
    room = room_of(organisation, mara, people=3, state="revealed")
    for position, (relation, by_provider) in enumerate(kinds):
        rows = ActivityStation._base_manager.filter(activity=room.activity, position=position)
        rows.update(relation=relation, by_provider=by_provider)
    return room


OURS, ALSO_OURS, OURS_BY_DEPARTMENT = ("direct", None), ("direct", False), ("", False)
PROVIDERS, PROVIDERS_TOO = ("direct", True), ("", True)
OTHERS, OTHERS_WATCHED = ("indirect", None), ("indirect", True)
NOBODY_KNOWS = ("", None)


def headings(html):
    return re.findall(r"<h2[^>]*>(.*?)</h2>", html)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("page", ["workshop_result", "baseline_detail"])
def test_in_house_and_external_stations_stand_under_a_heading_of_their_own(
    mara_client, organisation, mara, page, language
):
    room = related(organisation, mara, OURS, PROVIDERS, OTHERS)
    code = freeze(organisation, room, mara).code if page == "baseline_detail" else room.workshop.code

    html = mara_client.get(url(page, code), headers={"Accept-Language": language}).content.decode()

    heading, *words = CONTACTS[language]
    assert heading in headings(html)
    assert DEPARTMENTS[language] not in headings(html)
    assert [each for each in words if each not in html] == []


SELF, PROVIDER, THIRD = CONTACTS["de"][2:]


@pytest.mark.parametrize(
    ("kinds", "lines"),
    [
        ((OURS, PROVIDERS, OTHERS), [(SELF, 1, "+100"), (PROVIDER, 1, "0"), (THIRD, 1, "−100")]),
        ((OURS_BY_DEPARTMENT, ALSO_OURS, PROVIDERS_TOO), [(SELF, 2, "+50"), (PROVIDER, 1, "−100")]),
        ((PROVIDERS, OTHERS_WATCHED, OTHERS), [(PROVIDER, 1, "+100"), (THIRD, 2, "−50")]),
        ((OURS, NOBODY_KNOWS, OTHERS), [(SELF, 1, "+100"), (THIRD, 1, "−100")]),
        ((PROVIDERS, PROVIDERS_TOO, NOBODY_KNOWS), []),
    ],
)
def test_stations_are_compared_by_who_runs_them(mara_client, organisation, mara, kinds, lines):
    page = result_of(mara_client, related(organisation, mara, *kinds))

    assert [(line.words, line.stations, line.level) for line in page.contacts] == lines
    assert page.parts is None


def test_a_hidden_station_is_compared_with_nothing(mara_client, organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara).open()
        room.answer([[10, 0, 0], [10, 0, 0], [10, 0, None]])
        room.reveal()
        for position, by_provider in enumerate((False, True, True)):
            ActivityStation.objects.filter(position=position).update(by_provider=by_provider)
        page = result_of(mara_client, room)
        ActivityStation.objects.filter(position=1).update(by_provider=False)
        without = result_of(mara_client, room)

    assert [(line.stations, line.level) for line in page.contacts] == [(1, "+100"), (1, "−100")]
    assert without.contacts == ()


def test_an_older_ist_stand_compares_as_it_did(mara_client, organisation, mara):
    room = related(organisation, mara, PROVIDERS, PROVIDERS_TOO, OTHERS)
    baseline = freeze(organisation, room, mara)
    new = mara_client.get(url("baseline_detail", baseline.code)).context["page"]
    for station in baseline.document["stations"]:
        del station["by_provider"]
    Baseline._base_manager.filter(pk=baseline.pk).update(document=baseline.document)

    old = mara_client.get(url("baseline_detail", baseline.code)).context["page"]

    assert [(line.words, line.level) for line in new.contacts] == [(PROVIDER, "+50"), (THIRD, "−100")]
    assert [(line.words, line.level) for line in old.contacts] == [(SELF, "+100"), (THIRD, "−100")]


def test_parts_stand_by_department_and_stations_of_one_kind_beside_nothing(mara_client, organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara).open()
        for name in ("Vertrieb", "Werkstatt"):
            department = DepartmentFactory(organisation=organisation, name=name)
            for number in range(5):
                phone = room.join(f"{name} {number}", token=f"{name}-{number}", department=department)
                for station in room.stations:
                    phone.rate(station, 10)
        room.reveal()
        ActivityStation.objects.update(relation="direct")

    html = mara_client.get(url("workshop_result", room.workshop.code)).content.decode()

    assert "Nach Abteilung" in headings(html)
    assert CONTACTS["de"][0] not in headings(html)


def test_result_asks_for_the_same_queries_whatever_its_size(mara_client, organisation, mara, django_assert_num_queries):
    small = room_of(organisation, mara, people=3, state="revealed", stations=1)
    with django_assert_num_queries(9):
        mara_client.get(url("workshop_result", small.workshop.code))

    large = room_of(organisation, mara, people=5, state="revealed", stations=3)
    with django_assert_num_queries(9):
        mara_client.get(url("workshop_result", large.workshop.code))


# --- the reasons ------------------------------------------------------------------------------------------------------


def test_reasons_stand_by_their_station_without_a_name(max_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    write_reason("Niemand ging ans Telefon.")
    address = url("result_reasons", room.workshop.code)

    (station,) = max_client.get(address).context["stations"]
    fragment = max_client.get(address, headers=HTMX).content.decode()

    (only,) = station.rounds
    assert (station.name, only.words, [reason.text for reason in only.reasons], only.named) == (
        "Station 3",
        "",
        ["Niemand ging ans Telefon."],
        (),
    )
    assert fragment.strip().startswith('<div class="reason-list" id="reason-list"')
    assert "Person " not in fragment


def test_reasons_carry_names_for_moderators_in_a_block_with_names_only(mara_client, max_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed", is_named=True)
    write_reason("Niemand ging ans Telefon.")
    address = url("result_reasons", room.workshop.code)

    named = mara_client.get(address).context["stations"]
    unnamed = max_client.get(address).context["stations"]

    assert [answer.name for answer in named[0].rounds[0].named] == ["Person 0", "Person 1", "Person 2"]
    assert [[each.named for each in station.rounds] for station in unnamed] == [[()]]


def test_reasons_are_for_employees_who_were_there(emil_client, emil, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    freeze(organisation, room, mara)
    address = url("result_reasons", room.workshop.code)

    assert emil_client.get(address).status_code == 403
    ParticipantFactory(workshop=room.workshop, membership=emil)

    assert emil_client.get(address).status_code == 200


# --- the Ist-Stand ----------------------------------------------------------------------------------------------------


def test_freeze_asks_first_and_then_keeps_the_result(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    address = url("ist_freeze", room.workshop.code)

    asked = mara_client.get(address).content.decode()
    assert Baseline._base_manager.count() == 0
    answers = [mara_client.post(address) for _ in range(2)]

    (baseline,) = Baseline._base_manager.all()
    assert "Das lässt sich nicht zurücknehmen." in asked
    assert {answer.headers["Location"] for answer in answers} == {url("baseline_detail", baseline.code)}
    assert Workshop._base_manager.get().state == WorkshopState.CLOSED


def test_freeze_names_blocks_that_will_be_missing(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    with member_scope(organisation):
        services.plan_activity(
            workshop=room.workshop,
            title="Zweiter",
            stations=room.path,
            is_named=False,
            asks_reason=False,
            minutes=5,
            by=mara,
        )

    asked = mara_client.get(url("ist_freeze", room.workshop.code)).content.decode()

    assert "1 Block wurde noch nicht bewertet und gehört nicht dazu." in asked


def test_freeze_without_a_result_is_refused_with_a_sentence(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    response = mara_client.post(url("ist_freeze", room.workshop.code), follow=True)

    assert len(list(response.context["messages"])) == 1
    assert Baseline._base_manager.count() == 0


def test_ist_stand_keeps_names_and_figures_whatever_changes_later(max_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="revealed")
    baseline = freeze(organisation, room, mara)
    ActivityStation._base_manager.update(name="Umbenannt")
    StationTally._base_manager.update(disappointing=0, fine=3, delighting=0)

    page = max_client.get(url("baseline_detail", baseline.code)).context["page"]

    assert [label.name for label in page.curve.labels] == ["Station 1", "Station 2", "Station 3"]
    assert [station.balance for station in page.curve.figures.stations] == [100, 0, -100]


@pytest.mark.parametrize("name", ["ist_freeze"])
def test_freezing_is_for_moderators(max_client, emil_client, fremd_client, organisation, mara, name):
    address = url(name, room_of(organisation, mara, people=3, state="revealed").workshop.code)

    assert [client.post(address).status_code for client in (max_client, emil_client, fremd_client)] == [403, 403, 404]
    assert Baseline._base_manager.count() == 0


@pytest.mark.parametrize("name", ["workshop_result", "result_reasons"])
def test_results_refuse_another_verb(mara_client, organisation, mara, name):
    room = room_of(organisation, mara, people=3, state="revealed")

    assert mara_client.post(url(name, room.workshop.code)).status_code == 405


def test_reasons_and_baseline_ask_for_the_same_queries_whatever_their_size(
    mara_client, organisation, mara, django_assert_num_queries
):
    for size in (1, 3):
        room = room_of(organisation, mara, people=size + 2, state="revealed", stations=size, is_named=True)
        write_reasons(room)
        with django_assert_num_queries(11):
            mara_client.get(url("result_reasons", room.workshop.code))
        baseline = freeze(organisation, room, mara)
        with django_assert_num_queries(4):
            mara_client.get(url("baseline_detail", baseline.code))


# --- who rated what ---------------------------------------------------------------------------------------------------


def link_to_the_names(page):
    """The address behind the card, as somebody without JavaScript follows it."""
    (address,) = set(re.findall(r'href="([^"]*/result/reasons/[^"]*)"', page))
    return address


def test_two_people_with_names_and_without_reasons_are_found_from_the_result(
    mara_client, max_client, organisation, mara
):
    with member_scope(organisation):
        room = make_room(organisation, mara, is_named=True, asks_reason=False).open()
        for name, drawer in (("Berta", 10), ("Anton", 0)):
            room.join(name).rate(room.stations[0], drawer)
        room.reveal()
    result = url("workshop_result", room.workshop.code)

    page = mara_client.get(result).content.decode()
    names = mara_client.get(link_to_the_names(page)).content.decode()

    assert '<h2 id="reasons-heading">Wer was bewertet hat</h2>' in page
    assert "<h1>Wer was bewertet hat</h1>" in names
    assert re.findall(r'title="([^"]*)"></span>.*?<strong>(\w+)</strong>', names) == [
        ("enttäuschend", "Anton"),
        ("begeisternd", "Berta"),
    ]
    assert "reasons-heading" not in max_client.get(result).content.decode(), "a manager reads no names"


def test_an_anonymous_block_of_two_offers_no_names(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=2, state="revealed")

    assert "reasons-heading" not in mara_client.get(url("workshop_result", room.workshop.code)).content.decode()


def two_rounds(organisation, mara, *, is_named=False, people=3):
    """Everybody gives a reason that names the round; in the second one everybody changes their mind."""
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=1, is_named=is_named).open()
        phones = [room.join(f"Person {number}") for number in range(people)]
        for number, drawer in ((1, 0), (2, 10)):
            for phone in phones if number == 1 or not is_named else phones[:2]:
                phone.rate(room.stations[0], drawer, reason=f"Grund der Runde {number}")
            room.reveal()
            if number == 1:
                room.activity = services.start_round(activity=room.activity, by=mara)
    return room


def test_the_reasons_of_both_rounds_stay_and_each_round_leads_to_its_own(max_client, organisation, mara):
    room = two_rounds(organisation, mara)
    result = url("workshop_result", room.workshop.code)

    both = max_client.get(link_to_the_names(max_client.get(result).content.decode())).content.decode()
    first_page = max_client.get(f"{result}?round=1").content.decode()
    first = max_client.get(link_to_the_names(first_page)).content.decode()

    assert re.findall(r"<h3>(.*)</h3>", both) == ["Runde 2", "Runde 1"]
    assert (both.count("Grund der Runde 1"), both.count("Grund der Runde 2")) == (3, 3)
    assert (first.count("Grund der Runde 1"), first.count("Grund der Runde 2")) == (3, 0)
    assert "Wie es nach Runde 1 war." in first
    assert f'href="{result}?round=1"' in first


def test_the_named_values_of_a_second_round_of_two_are_read_beside_the_first(mara_client, organisation, mara):
    room = two_rounds(organisation, mara, is_named=True)

    page = mara_client.get(url("workshop_result", room.workshop.code)).content.decode()
    names = mara_client.get(link_to_the_names(page)).content.decode()

    assert re.findall(r"<h3>(.*)</h3>|<strong>(Person \d)</strong>", names) == [
        ("Runde 2", ""), ("", "Person 0"), ("", "Person 1"),
        ("Runde 1", ""), ("", "Person 0"), ("", "Person 1"), ("", "Person 2"),
    ]  # fmt: skip


def test_downloads_and_analysis_of_an_earlier_round_hold_that_round(max_client, organisation, mara):
    room = two_rounds(organisation, mara)
    result = url("workshop_result", room.workshop.code)

    page = max_client.get(f"{result}?round=1").content.decode()
    files = re.findall(r'href="([^"]*/result/(?:export|curve)\.[^"]*)"', page)
    (document,) = [max_client.get(file) for file in files if ".json" in file]
    (analysis,) = re.findall(r'href="([^"]*/analysis/[^"]*)"', page)
    shown = max_client.get(analysis)

    assert [file.endswith("?round=1") for file in files] == [True] * 5
    (station,) = document.json()["stations"]
    assert (station["round"], station["balance"], station["later_rounds"]) == (1, -100, [])
    assert "nach Runde 1" in document["Content-Disposition"].replace("%20", " ")
    assert shown.context["source"].result.stations[0].figures.balance == -100
    assert "Sie sehen das Ergebnis nach Runde 1." in shown.content.decode()
    assert f'href="{result}?round=1"' in shown.content.decode()


def test_document_and_ist_keep_the_reasons_of_earlier_rounds(max_client, organisation, mara):
    room = two_rounds(organisation, mara)
    (station,) = max_client.get(url("result_json", room.workshop.code)).json()["stations"]
    baseline = freeze(organisation, room, mara)
    (frozen,) = max_client.get(url("baseline_json", baseline.code)).json()["stations"]

    assert [reason["text"] for reason in station["reasons"]] == ["Grund der Runde 2"] * 3
    (earlier,) = station["earlier_rounds"]
    assert [reason["text"] for reason in earlier["reasons"]] == ["Grund der Runde 1"] * 3
    assert frozen == station
