"""The analysis page over HTTP: what it says, filters in the address, who reads it, and what stays hidden."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from django.utils.html import escape

from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, JourneyFactory, StationFactory
from tests.workshops.pages import HTMX, room_of, url
from tests.workshops.support import make_room
from touchpoints.enums import Criticality, Medium, Phase, Relation
from workshops import services
from workshops.models import ActivityStation

pytestmark = pytest.mark.django_db

BAD, OK, GOOD = 0, 5, 10


def revealed(organisation, mara, answers, **facts):
    """A revealed block, one row of ``answers`` a person; ``facts`` gives each station's fields by name."""
    with member_scope(organisation):
        room = make_room(organisation, mara, len(answers[0]))
        room.open().answer(answers)
        room.reveal()
        for name, values in facts.items():
            for station, value in zip(room.stations, values, strict=False):
                setattr(station, name, value)
                station.save(update_fields=[name])
    return room


def address(room):
    return url("result_analysis", room.workshop.code)


def ask(client, room, **filters):
    response = client.get(address(room), filters)
    assert response.status_code == 200
    return response


def page_of(client, room, **filters):
    return ask(client, room, **filters).context["page"]


def names(page):
    """The stations in the table of the path."""
    return [row[1].words for row in page.main_charts[0].rows]


def drawings(response):
    """What the page hands to its script."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', response.content.decode())
    return [json.loads(text) for text in found]


FALL = [[GOOD, GOOD, GOOD, BAD, OK]] * 3


# --- what it says -----------------------------------------------------------------------------------------------------


def test_page_names_drops_ends_and_departments(mara_client, organisation, mara):
    room = revealed(
        organisation,
        mara,
        FALL,
        department_name=["Marketing", "Vertrieb", "Vertrieb", "Buchhaltung", ""],
        relation=["indirect", "direct", "", "", ""],
        phase=[Phase.INFLUENCING_BEFORE, Phase.PRESALES, Phase.PURCHASE, Phase.PURCHASE, Phase.LOYALTY],
        channel=["Gespräch", "", "", "Brief", "Telefon"],
    )

    page = page_of(mara_client, room)

    assert [(fact.label, fact.value, fact.name) for fact in page.facts] == [
        ("Einfaches Mittel", "+40", ""),
        ("Höhepunkt und Ende", "−50", ""),
        ("Erster Eindruck", "+100", "Station 1"),
        ("Letzter Eindruck", "0", "Station 5"),
    ]
    assert page.facts[1].words == (
        "Bleibt schlechter in Erinnerung, als es im Mittel ist. Der stärkste Moment, „Station 4“ (−100), und das Ende, "
        "„Station 5“ (0), zählen je zur Hälfte."
    )
    assert page.facts[2].words == "Macht ein Dritter; zuständig: Marketing. Influencing (davor) · Gespräch."
    assert page.facts[3].words == (
        "Keine Abteilung ist dafür genannt. Loyalty · Telefon. "
        "Im Mittel ist es eine von 5 Stationen, bei Höhepunkt und Ende die Hälfte."
    )
    assert [(fall.name, fall.value, fall.words) for fall in page.falls] == [
        ("Station 4", "−200", "Nach 3 guten Stationen in Folge, zuletzt „Station 3“. · Buchhaltung")
    ]
    assert [(row.name, row.level, row.words) for row in page.departments] == [
        ("Buchhaltung", "−100", "1 Station · 1 markierter Einbruch"),
        ("Marketing", "+100", "1 Station · Erster Eindruck"),
        ("Vertrieb", "+100", "2 Stationen"),
        ("Ohne Abteilung", "0", "1 Station · Letzter Eindruck"),
    ]


def test_page_says_which_stations_a_provider_runs(mara_client, organisation, mara):
    room = revealed(
        organisation,
        mara,
        FALL,
        department_name=["Callcenter Nord", "Vertrieb", "Vertrieb", "Callcenter Nord", ""],
        by_provider=[True, False, False, True, None],
    )

    response = ask(mara_client, room)
    page = response.context["page"]

    assert page.facts[2].words.startswith("Gemacht von einem Dienstleister: Callcenter Nord.")
    assert [fall.words for fall in page.falls] == [
        "Nach 3 guten Stationen in Folge, zuletzt „Station 3“. · Callcenter Nord · Dienstleister"
    ]
    assert [(row.name, row.words) for row in page.departments] == [
        ("Callcenter Nord", "Dienstleister · 2 Stationen · 1 markierter Einbruch · Erster Eindruck"),
        ("Vertrieb", "2 Stationen"),
        ("Ohne Abteilung", "1 Station · Letzter Eindruck"),
    ]
    assert [row[4].words for row in page.main_charts[0].rows] == [
        "Callcenter Nord · Dienstleister", "Vertrieb", "Vertrieb", "Callcenter Nord · Dienstleister", "",
    ]  # fmt: skip
    assert names(page_of(mara_client, room, department="Callcenter Nord")) == ["Station 1", "Station 4"]


def test_page_says_whose_first_impression_it_is_in_most_journeys(mara_client, organisation, mara):
    room = revealed(organisation, mara, FALL)
    marketing, sales = (DepartmentFactory(organisation=organisation, name=name) for name in ("Marketing", "Vertrieb"))
    for department in (marketing, sales, marketing):
        journey = JourneyFactory(organisation=organisation)
        # A later phase stands behind, wherever it was put.
        StationFactory(journey=journey, position=0, touchpoint__phase=Phase.LOYALTY, touchpoint__department=sales)
        StationFactory(journey=journey, position=1, touchpoint__department=department)

    assert (
        page_of(mara_client, room)
        .facts[2]
        .words.endswith("In 2 von 4 Journeys liegt der erste Eindruck bei: Marketing.")
    )


def test_page_says_why_quick_mode_has_neither_importance_nor_effects(mara_client, organisation, mara):
    page = page_of(mara_client, revealed(organisation, mara, FALL))

    assert page.scale_charts == ()
    assert page.missing_words.startswith("Lücke zur Erwartung, Wichtigkeit und Wirkung auf den Kauf stehen hier nicht")


def test_page_names_changes_between_online_and_offline(mara_client, organisation, mara):
    room = revealed(organisation, mara, FALL, medium=["online", "offline", "both", "online", "offline"])
    page = page_of(mara_client, room)

    assert [(switch.name, switch.value, switch.words, switch.marked) for switch in page.switches] == [
        ("Station 2", "0", "Von online zu offline, nach „Station 1“.", False),
        ("Station 5", "+100", "Von online zu offline, nach „Station 4“.", False),
    ]


def test_a_change_of_medium_with_a_drop_is_said_to_break(mara_client, organisation, mara):
    room = revealed(organisation, mara, FALL, medium=["", "online", "offline", "online", ""])

    assert [(switch.name, switch.words, switch.marked) for switch in page_of(mara_client, room).switches] == [
        ("Station 4", "Von offline zu online, nach „Station 3“. Hier reißt der Weg ab.", True),
        ("Station 3", "Von online zu offline, nach „Station 2“.", False),
    ]


def test_each_chart_has_the_table_that_says_the_same(mara_client, organisation, mara):
    room = revealed(organisation, mara, FALL)
    response = ask(mara_client, room)
    path, dispute = response.context["page"].main_charts

    assert [[cell.words for cell in row] for row in path.rows] == [
        ["1", "Station 1", "Presales", "", "", "+100", "–", "3"],
        ["2", "Station 2", "Presales", "", "", "+100", "0", "3"],
        ["3", "Station 3", "Presales", "", "", "+100", "0", "3"],
        ["4", "Station 4", "Presales", "", "", "−100", "−200 (markierter Einbruch)", "3"],
        ["5", "Station 5", "Presales", "", "", "0", "+100", "3"],
    ]
    assert [cell.words for cell in dispute.rows[0]][1:] == ["Station 1", "einig", "0,00", "+100", "3"]
    drawn = drawings(response)
    line = next(series for series in drawn[0]["series"] if series["role"] == "path")
    assert [(point["x"], point["y"]) for point in line["points"]] == [(1, 100), (2, 100), (3, 100), (4, -100), (5, 0)]
    marked = next(series for series in drawn[0]["series"] if series["role"] == "drop")
    assert [(point["x"], point["y"]) for point in marked["points"]] == [(3, 100), (4, -100), (4, None)]
    assert response.content.decode().count("<table") == len(drawn) == 2


def test_names_are_text_in_table_and_data(mara_client, organisation, mara):
    evil = '</script><b onclick="x">%{y}</b>'
    room = revealed(organisation, mara, FALL, name=[evil], channel=[evil], department_name=[evil])

    response = ask(mara_client, room)

    assert evil not in response.content.decode()
    assert f'<th scope="row">{escape(evil)}</th>' in response.content.decode()
    points = [point for series in drawings(response)[0]["series"] for point in series["points"]]
    assert [point["words"][0] for point in points if point["label"] == "1"] == [f"1. {evil}"]


def test_nothing_is_analysed_before_reveal(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=3, state="open")
    response = ask(mara_client, room, phase="PS")

    assert (response.context["page"].main_charts, drawings(response)) == ((), [])
    assert "Noch ist nichts aufgedeckt" in response.content.decode()


def test_recorded_ist_is_analysed_as_it_was(mara_client, organisation, mara):
    room = revealed(organisation, mara, FALL)
    with member_scope(organisation):
        baseline = services.freeze_ist(workshop=room.workshop, by=mara)
    before = page_of(mara_client, room)
    ActivityStation._base_manager.filter(activity=room.activity).update(name="Umbenannt")

    response = mara_client.get(url("baseline_analysis", baseline.code))

    assert response.context["page"] == before
    assert names(response.context["page"])[0] == "Station 1"


# --- filters in the address -------------------------------------------------------------------------------------------


def filtered_room(organisation, mara):
    return revealed(
        organisation,
        mara,
        FALL,
        phase=[Phase.PRESALES, Phase.PRESALES, Phase.PURCHASE, Phase.PURCHASE, Phase.LOYALTY],
        department_name=["Marketing", "Vertrieb", "Vertrieb", "Buchhaltung", ""],
        channel=["Web", "Laden", "Laden", "Brief", "Telefon"],
        medium=[Medium.ONLINE, Medium.OFFLINE, Medium.OFFLINE, "", Medium.BOTH],
        relation=[Relation.INDIRECT, Relation.DIRECT, Relation.DIRECT, "", Relation.DIRECT],
        criticality=[Criticality.LOW, None, Criticality.HIGH, Criticality.HIGH, None],
    )


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"phase": "PU"}, [3, 4]),
        ({"department": "Vertrieb"}, [2, 3]),
        ({"channel": "Laden"}, [2, 3]),
        ({"medium": "both"}, [5]),
        ({"relation": "direct"}, [2, 3, 5]),
        ({"only": "shown"}, [1, 2, 3, 4, 5]),
        ({"only": "critical"}, [3, 4]),
        ({"only": "drops"}, [4]),
        ({"only": "unowned"}, [5]),
        ({"phase": "PU", "department": "Vertrieb"}, [3]),
        ({"phase": "LO", "department": "Vertrieb"}, []),
    ],
)
def test_filters_choose_stations_and_leave_the_path_whole(mara_client, organisation, mara, filters, left):
    room = filtered_room(organisation, mara)

    response = ask(mara_client, room, **filters)

    page = response.context["page"]
    assert names(page) == [f"Station {number}" for number in left]
    assert page.facts == page_of(mara_client, room).facts
    assert [fall.name for fall in page.falls] == (["Station 4"] if 4 in left else [])
    drawn = page.main_charts[0].drawing
    assert [point.y for point in drawn.series[0].points] == [100, 100, 100, -100, 0]
    assert f"{len(left)} von 5 Stationen." in page.selection_words


def test_a_filter_says_the_mean_of_what_is_left(mara_client, organisation, mara):
    page = page_of(mara_client, filtered_room(organisation, mara), phase="PU")

    assert page.selection_words == "2 von 5 Stationen. Ihr Mittel ist 0, das des ganzen Wegs +40."


def test_a_colleague_sees_the_same_behind_the_same_address(mara_client, max_client, fremd_client, organisation, mara):
    room = filtered_room(organisation, mara)
    filters = {"department": "Vertrieb", "phase": "PU"}

    assert page_of(max_client, room, **filters) == page_of(mara_client, room, **filters)
    assert ask(max_client, room, **filters).context["filters"]["department"].value() == "Vertrieb"
    assert fremd_client.get(address(room), filters).status_code == 404


@pytest.mark.parametrize(
    ("filters", "left_out"),
    [
        ({"phase": "XX"}, "Phase"),
        ({"department": "Fremd", "channel": "Fax"}, "Abteilung, Kanal"),
        ({"only": "' OR 1=1"}, "Nur Stationen"),
        ({"block": "00000000-0000-0000-0000-000000000000"}, "Block"),
        ({"medium": "\x00", "relation": "x" * 5000}, "Online oder offline, Direkt oder indirekt"),
    ],
)
def test_an_unknown_value_is_a_sentence_and_filters_nothing(mara_client, organisation, mara, filters, left_out):
    room = filtered_room(organisation, mara)

    response = ask(mara_client, room, **filters)

    sentence = f"Die Adresse fragt nach etwas, das es in diesem Ergebnis nicht gibt. Weggelassen: {left_out}."
    assert sentence in response.content.decode()
    assert len(names(response.context["page"])) == 5


def test_the_address_keeps_filters_without_the_empty_ones(mara_client, organisation, mara):
    room = filtered_room(organisation, mara)

    plain = mara_client.get(address(room) + "?phase=&department=Vertrieb&only=")
    under_htmx = mara_client.get(address(room) + "?phase=&department=Vertrieb&only=", headers=HTMX)

    assert (plain.status_code, plain["Location"]) == (302, f"{address(room)}?department=Vertrieb")
    assert under_htmx["HX-Replace-Url"] == f"{address(room)}?department=Vertrieb"
    assert under_htmx.content.decode().lstrip().startswith('<div id="analysis-view"')
    assert mara_client.get(address(room) + "?phase=")["Location"] == address(room)


def test_a_block_can_be_looked_at_alone(mara_client, organisation, mara):
    """The second block rates the first two stations again; its own result is that of its raters."""
    room = revealed(organisation, mara, FALL)
    with member_scope(organisation):
        again = services.plan_activity(
            workshop=room.workshop, title="Noch einmal", stations=room.path[:2], is_named=False, asks_reason=False,
            minutes=5, by=mara,
        )  # fmt: skip
        services.open_activity(activity=again, by=mara)
        first, room.activity = room.activity, again
        room.answer([[BAD, OK]] * 4)
        services.reveal_activity(activity=again, by=mara)

    def levels(**filters):
        return [row[5].words for row in page_of(mara_client, room, **filters).main_charts[0].rows]

    assert levels() == ["−100", "0", "+100", "−100", "0"]
    assert levels(block=str(first.code)) == ["+100", "+100", "+100", "−100", "0"]
    assert levels(block=str(again.code)) == ["−100", "0"]


# --- thresholds -------------------------------------------------------------------------------------------------------


def people(count, answer):
    """``count`` people rate station 2, and twelve all the others."""
    return [[GOOD, answer if number < count else None, BAD] for number in range(12)]


@pytest.mark.parametrize(("count", "hidden"), [(2, True), (3, False), (12, False)])
def test_a_station_of_two_has_no_part_in_anything(mara_client, organisation, mara, count, hidden):
    room = revealed(organisation, mara, people(count, GOOD))

    page = page_of(mara_client, room)

    row = page.main_charts[0].rows[1]
    assert row[5].words == ("unter 3 Bewertungen" if hidden else "+100")
    assert [row[6].words for row in page.main_charts[0].rows] == (
        ["–", "–", "–"] if hidden else ["–", "0", "−200 (markierter Einbruch)"]
    )
    assert [fall.name for fall in page.falls] == ([] if hidden else ["Station 3"])
    assert page.facts[0].value == ("0" if hidden else "+33")


FILTERS = [
    {},
    *({"only": only} for only in ("shown", "critical", "drops", "unowned")),
    *({"department": name} for name in ("Eins", "Zwei")),
    {"phase": "PS", "medium": "offline"},
    {"department": "Zwei", "only": "shown"},
    {"medium": "online", "relation": "direct"},
]


def test_no_filter_tells_what_two_people_said(mara_client, organisation, mara):
    """Two workshops that differ in a hidden answer only read alike in every view, so no two views differ by it."""
    facts = {
        "department_name": ["Eins", "Zwei", "Zwei"],
        "medium": [Medium.ONLINE, Medium.OFFLINE, Medium.ONLINE],
        "relation": [Relation.DIRECT, Relation.DIRECT, ""],
        "criticality": [Criticality.HIGH, Criticality.HIGH, None],
    }
    rooms = [revealed(organisation, mara, people(2, answer), **facts) for answer in (GOOD, OK, BAD)]

    for filters, other in product(FILTERS, rooms[1:]):
        assert page_of(mara_client, other, **filters) == page_of(mara_client, rooms[0], **filters), filters


def test_a_workshop_of_two_shows_no_figure(mara_client, organisation, mara):
    room = revealed(organisation, mara, [[GOOD, OK, BAD]] * 2)

    response = ask(mara_client, room)

    page = response.context["page"]
    assert [fact.value for fact in page.facts] == ["–", "–", "–", "–"]
    assert (page.falls, page.main_charts[1].rows) == ((), ())
    assert {row.level for row in page.departments} == {"–"}
    assert [point["y"] for point in drawings(response)[0]["series"][0]["points"]] == [None, None, None]


# --- who, and how many queries ----------------------------------------------------------------------------------------


def test_employees_read_it_once_the_workshop_is_closed(emil_client, organisation, mara):
    room = revealed(organisation, mara, FALL)
    assert emil_client.get(address(room)).status_code == 403

    with member_scope(organisation):
        services.freeze_ist(workshop=room.workshop, by=mara)

    assert emil_client.get(address(room)).status_code == 200


@pytest.mark.parametrize("stations", [1, 3, 40])
def test_the_same_queries_whatever_its_size(mara_client, organisation, mara, django_assert_num_queries, stations):
    room = revealed(organisation, mara, [[GOOD] * stations] * 3)
    for filters in ({}, {"only": "shown"}):
        with django_assert_num_queries(9):
            ask(mara_client, room, **filters)
