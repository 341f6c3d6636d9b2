"""“The path” in the PDF: peak and end, drops, changes of medium, and who is responsible."""

import re
from datetime import UTC, datetime

import pytest
from django_scopes import scopes_disabled

from reports import pdf
from reports.queries import report_content
from tests.reports.support import PATH, finished_ist, in_full_mode
from tests.reports.test_pdf import text_of, written
from touchpoints.enums import Medium
from workshops.models import ActivityStation
from workshops.services import freeze_ist

ASKED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ON, OFF = Medium.ONLINE, Medium.OFFLINE
# Balances +80, +60, −80, hidden, −40, +20: the drop by 140 is marked, and beside the hidden station is none.
WAY = [
    ("Empfehlung", PATH[0][1], "Gespräch", (0, 2, 8)),
    ("Website", PATH[2][1], "Internet", (1, 2, 7)),
    ("Anruf", PATH[2][1], "Telefon", (8, 2, 0)),
    ("Messe", PATH[2][1], "Halle", (1, 1, 0)),
    ("Vertrag", PATH[5][1], "Büro", (5, 4, 1)),
    ("Rechnung", PATH[8][1], "Post", (2, 4, 4)),
]
MEDIA = (OFF, ON, OFF, ON, OFF, OFF)
DEPARTMENTS = ("Marketing", "Marketing", "Zentrale", "Marketing", "Vertrieb", "Zentrale")


def workshop_on(organisation, way=WAY, media=MEDIA):
    workshop = finished_ist(organisation, way, raters=10, criticality=None)
    with scopes_disabled():
        for row in ActivityStation.objects.filter(activity__workshop=workshop):
            row.medium, row.department_name = media[row.position], DEPARTMENTS[row.position]
            row.relation, row.by_provider = "direct", row.department_name == "Zentrale"
            row.save()
    return workshop


def lines_of(workshop, language="de"):
    """The lines of the page, without the spaces between cells; it may run over to the next."""
    pages = text_of(written(workshop, language)).split("\f")
    first = next(at for at, page in enumerate(pages) if re.search(r"^ *(Der Weg|The path) *$", page, re.M))
    return [" ".join(line.split()) for page in pages[first : first + 2] for line in page.splitlines()]


def test_the_path_in_figures_counted_by_hand(in_scope):
    path = report_content(workshop_on(in_scope), language="de", asked_at=ASKED_AT).path

    assert [(fact.label, fact.value, fact.name) for fact in path.words.facts] == [
        ("Einfaches Mittel", "+8", ""),
        ("Höhepunkt und Ende", "−30", ""),
        ("Erster Eindruck", "+80", "Empfehlung"),
        ("Letzter Eindruck", "+20", "Rechnung"),
    ]
    assert [(fall.value, fall.name, fall.words) for fall in path.words.falls] == [
        ("−140", "Anruf", "Nach 2 guten Stationen in Folge, zuletzt „Website“. · Zentrale · Dienstleister"),
    ]
    assert [(step.value, step.name, step.marked) for step in path.words.switches] == [
        ("−140", "Anruf", True),
        ("−20", "Website", False),
        ("–", "Messe", False),
        ("–", "Vertrag", False),
    ]
    assert [(row.name, row.level) for row in path.words.departments] == [
        ("Zentrale", "−30"),
        ("Vertrieb", "−40"),
        ("Marketing", "+70"),
    ]
    assert (path.falls_left, path.switches_left, path.departments_left) == (0, 0, 0)


@pytest.mark.parametrize(
    ("language", "remembered", "first", "step", "department"),
    [
        (
            "de",
            "Bleibt schlechter in Erinnerung",
            "Erster Eindruck +80 Empfehlung. Gemacht von: Marketing.",
            "Anruf −140 Nach 2",
            "Zentrale −30 Dienstleister · 2 Stationen · 1 markierter Einbruch · Letzter Eindruck",
        ),
        (
            "en",
            "Remembered worse than it is on average",
            "First impression +80 Empfehlung. Made by: Marketing.",
            "Anruf −140 After 2",
            "Zentrale −30 provider · 2 stations · 1 marked drop · Last impression",
        ),
    ],
)
def test_the_page_prints_them(in_scope, language, remembered, first, step, department):
    page = " ".join(lines_of(workshop_on(in_scope), language))

    assert remembered in page
    assert first in page
    assert step in page
    assert department in page


def test_full_mode_measures_the_path_by_the_mean(in_scope):
    workshop = workshop_on(in_scope)
    in_full_mode(workshop.activities.get())

    path = report_content(workshop, language="de", asked_at=ASKED_AT).path
    page = pdf.report_html(report_content(workshop, language="de", asked_at=ASKED_AT))

    assert [(fact.value, fact.name) for fact in path.words.facts[2:]] == [("7,7", "Empfehlung"), ("5,4", "Rechnung")]
    assert [(fall.value, fall.name) for fall in path.words.falls] == [("−4,6", "Anruf")]
    assert "jeder von drei Punkten oder mehr" in page
    assert "jeder von 60 Punkten" not in page


def test_a_path_without_drops_and_media_says_so(in_scope):
    way = [(name, phase, channel, (2, 4, 4)) for name, phase, channel, _counts in WAY]

    page = pdf.report_html(report_content(workshop_on(in_scope, way, [""] * 6), language="de", asked_at=ASKED_AT))

    assert "Kein markierter Einbruch. Neben einer Station ohne Zahl wird nichts gesagt." in page
    assert "Kein Wechsel zwischen online und offline ist bekannt." in page


def test_long_lists_are_cut_and_say_so(in_scope):
    workshop = finished_ist(in_scope)
    with scopes_disabled():
        for row in ActivityStation.objects.filter(activity__workshop=workshop):
            row.medium, row.department_name = (ON, OFF)[row.position % 2], f"Abteilung {row.position}"
            row.save()

    content = report_content(workshop, language="de", asked_at=ASKED_AT)
    page = pdf.report_html(content)

    assert [len(content.path.words.switches), content.path.switches_left] == [10, 7]
    assert [len(content.path.words.departments), content.path.departments_left] == [10, 8]
    assert "7 weitere Zeilen stehen in der Anwendung." in page
    assert "8 weitere Zeilen stehen in der Anwendung." in page


@pytest.mark.parametrize("way", [WAY[:1], [(name, phase, channel, (1, 1, 0)) for name, phase, channel, _counts in WAY]])
def test_one_station_or_no_figure_makes_no_path(in_scope, way):
    content = report_content(workshop_on(in_scope, way), language="de", asked_at=ASKED_AT)
    page = pdf.report_html(content)

    assert content.path is None
    assert 'href="#path"' not in page
    assert "Höhepunkt und Ende" not in [fact.label for fact in content.reading]


def test_the_path_of_a_frozen_ist_is_the_recorded_one(in_scope, mara):
    workshop = workshop_on(in_scope)
    before = report_content(workshop, language="de", asked_at=ASKED_AT).path
    freeze_ist(workshop=workshop, by=mara)
    with scopes_disabled():
        ActivityStation.objects.filter(activity__workshop=workshop).update(department_name="Umbenannt", medium="")

    assert report_content(workshop, language="de", asked_at=ASKED_AT).path == before
