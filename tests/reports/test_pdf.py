"""The PDF itself, read back: its text against the figures, its structure tree, its metadata."""

import io
import re
import subprocess
import uuid
from datetime import UTC, datetime

import pikepdf
import pytest
from django.utils import translation
from django.utils.html import strip_tags
from django_scopes import scopes_disabled

from accounts.models import Department
from reports import pdf
from reports.queries import NothingRevealedError, report_content
from reports.queries.content import choose_reasons
from tests.factories import ActivityFactory, WorkshopFactory
from tests.reports.support import PATH, finished_ist, in_full_mode, second_round
from workshops.curve.text import signed
from workshops.enums import Drawer
from workshops.models import ActivityStation, Baseline, Participant
from workshops.queries import Reason, workshop_result
from workshops.services import freeze_ist

# Station 2 is hidden.
CRITICAL = ((2, 4, 6), (1, 1, 0), (9, 1, 1), (8, 2, 2), (9, 2, 1))
ASKED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def written(workshop, language="de"):
    """The finished file."""
    return pdf.write_pdf(pdf.report_html(report_content(workshop, language=language, asked_at=ASKED_AT)))


def two_full_rounds(organisation):
    """The same journey in full mode, asked twice."""
    workshop = finished_ist(organisation)
    first = workshop.activities.get()
    for activity in (first, second_round(first)):
        in_full_mode(activity)
    return workshop


def text_of(content):
    """The file's text, as a reader would copy it; one line per row of a table."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """One report in each language and one of full mode, made once, with what the first two were made of."""
    from django.db import transaction  # noqa: PLC0415 - this fixture manages its own

    from accounts.tenancy import member_scope  # noqa: PLC0415
    from tests.factories import OrganisationFactory  # noqa: PLC0415

    with django_db_blocker.unblock(), transaction.atomic():
        organisation = OrganisationFactory(name="Regio-Bahn Mitte", slug=f"org-{uuid.uuid4().hex[:8]}")
        with member_scope(organisation):
            workshop = finished_ist(organisation)
            files = {language: written(workshop, language) for language in ("de", "en")}
            files["full"] = written(two_full_rounds(organisation))
            figures = workshop_result(workshop)
        transaction.set_rollback(True)
    return files, figures


@pytest.mark.parametrize(("language", "hidden"), [("de", "unter 3 Bewertungen"), ("en", "fewer than 3 ratings")])
def test_every_station_stands_with_its_n_and_balance(made, language, hidden):
    files, result = made
    flat = " ".join(text_of(files[language]).split())

    for station in result.stations:
        with translation.override(language):
            balance = signed(station.figures.balance) if station.figures.shown else None
        if balance is None:
            continue
        counts = station.figures.counts
        assert re.search(rf"▼ {counts[0]} ● {counts[1]} ▲ {counts[2]}(?: ·[^▼]*?)?", flat), station.name
    rows = text_of(files[language])
    for station in result.stations:
        first_words = station.name.split()[0]
        lines = [
            line for line in rows.splitlines() if re.match(rf"\s*{station.number}\s+{re.escape(first_words)}", line)
        ]
        if station.figures.shown:
            balance, n = signed(station.figures.balance), str(station.figures.n)
            assert any(line.split()[-1] == n and balance in line.split() for line in lines), (station.name, lines)
        else:
            assert any(line.split()[-3:] == ["–", "–", "–"] and hidden in " ".join(line.split()) for line in lines)


def test_a_hidden_station_shows_no_figure_anywhere(made):
    files, result = made
    hidden = next(station for station in result.stations if station.figures.hidden)

    text = " ".join(text_of(files["de"]).split())

    assert hidden.name == "Beitrag in sozialen Medien"
    assert "▼ 1 ● 1" not in text
    assert f"{hidden.name} unter 3 Bewertungen" in text


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        (
            "de",
            [
                "In einer Minute", "Die Reise im Überblick", "Die Erlebniskurve", "Der Weg",
                "Eigene und externe Stationen", "Phase Influencing (davor)", "Phase Presales", "Phase Kauf",
                "Phase Loyalty", "Phase Influencing (danach)", "Was viel zählt und wenig gelingt",
                "Worüber zuerst zu sprechen ist", "Mit wessen Augen",
                "So lesen Sie die Zahlen",
            ],
        ),
        (
            "en",
            [
                "In one minute", "Journey map", "The journey curve", "The path", "In-house and external stations",
                "Phase Influencing (before)", "Phase Presales",
                "Phase Purchase", "Phase Loyalty", "Phase Influencing (after)", "What matters most and works least",
                "What to talk about first", "Through whose eyes",
                "How to read the figures",
            ],
        ),
    ],
)  # fmt: skip
def test_bookmarks_lead_through_the_report(made, language, headings):
    with pikepdf.open(io.BytesIO(made[0][language])) as document, document.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Der Weg zur Arbeit"]
        assert [item.title for item in outline.root[0].children] == headings


# How many stations of PATH show a figure, and the mean of their balances, counted by hand.
RUN_BY = {
    "de": [
        ("Stationen, die wir selbst betreiben", "13", "−6"),
        ("Stationen, die ein Dienstleister für uns betreibt", "1", "−8"),
        ("Stationen, die Dritte machen", "3", "+13"),
    ],
    "en": [
        ("Stations that we run ourselves", "13", "−6"),
        ("Stations that a provider runs for us", "1", "−8"),
        ("Stations that third parties make", "3", "+13"),
    ],
}


@pytest.mark.parametrize(
    ("language", "heading", "before", "detail"),
    [
        ("de", "Eigene und externe Stationen", "Wer zuständig ist", "Zug · Callcenter Nord · Dienstleister"),
        ("en", "In-house and external stations", "Who is responsible", "Zug · Callcenter Nord · provider"),
    ],
)
def test_in_house_and_external_stations_stand_beside_each_other(made, language, heading, before, detail):
    pages = text_of(made[0][language]).split("\f")

    number, page = next((number, page) for number, page in enumerate(pages, 1) if number > 2 and heading in page)
    lines = [re.split(r"\s{2,}", line.strip()) for line in page[page.index(heading) :].splitlines()]
    assert [tuple(line) for line in lines if line[0] in dict.fromkeys(row[0] for row in RUN_BY[language])] == (
        RUN_BY[language]
    )
    assert re.search(rf"{heading} *{number}\b", pages[1]), "the contents lead to it"
    assert before in page, "a short table has no page of its own"
    assert detail in "".join(pages)


def test_stations_of_one_kind_are_compared_with_nothing(in_scope):
    workshop = finished_ist(in_scope, PATH[2:7])

    content = report_content(workshop, language="de", asked_at=ASKED_AT)

    assert content.contacts == ()
    assert 'href="#contacts"' not in pdf.report_html(content)
    assert 'id="contacts"' not in pdf.report_html(content)


@pytest.mark.parametrize(
    ("name", "last", "contents"),
    [
        ("de", "der letzte, Weiterempfehlung, begeistert (+59)", "Was wo steht"),
        ("full", "der letzte, Weiterempfehlung, enttäuscht (2,7)", "Was wo steht"),
        ("en", "the last one, Weiterempfehlung, delights (+59)", "What you find where"),
    ],
)
def test_one_minute_names_the_last_impression_and_keeps_to_its_page(made, name, last, contents):
    page = text_of(made[0][name]).split("\f")[1]

    assert contents in page
    assert last in " ".join(page.split())


def elements(node, parents=()):
    """Every structure element below a node, with the types of those it stands in."""
    kids = node.get("/K")
    for kid in [] if kids is None else (kids if isinstance(kids, pikepdf.Array) else [kids]):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid, parents
            yield from elements(kid, (*parents, str(kid.S)))


@pytest.fixture(params=[("de", "de"), ("en", "en"), ("full", "de")], ids=["de", "en", "full"])
def tree(request, made):
    name, language = request.param
    with pikepdf.open(io.BytesIO(made[0][name])) as document:
        yield document, language, list(elements(document.Root.StructTreeRoot))


def test_language_title_and_tags_are_told(tree):
    document, language, _found = tree

    with document.open_metadata() as metadata:
        assert str(document.Root.Lang) == language
        assert bool(document.Root.MarkInfo.Marked) is True
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle) is True
        assert (
            metadata["dc:title"]
            == {
                "de": "Ist-Stand: Der Weg zur Arbeit · Regio-Bahn Mitte",
                "en": "Ist: Der Weg zur Arbeit · Regio-Bahn Mitte",
            }[language]
        )
        assert metadata["pdfuaid:part"] == "1"


def test_there_is_one_first_heading(tree):
    assert [str(found.S) for found, _parents in tree[2]].count("/H1") == 1


def test_every_figure_says_what_it_shows(tree):
    figures = [found for found, _parents in tree[2] if str(found.S) == "/Figure"]

    assert len(figures) > len(PATH)  # each shown station twice, and the curves
    assert [found for found in figures if not str(found.get("/Alt", "")).strip()] == []


def test_every_data_cell_knows_its_header(tree):
    """Each table begins with a row of headers, one per column, and each data cell names headers of its own table."""
    tables = [element for element, _parents in tree[2] if str(element.S) == "/Table"]

    assert len(tables) >= 7
    for table in tables:
        rows = [row for row, _parents in elements(table) if str(row.S) == "/TR"]
        cells = [[cell for cell, parents in elements(row) if not parents] for row in rows]
        heads = {str(cell.ID) for row in cells for cell in row if str(cell.S) == "/TH"}
        data = [cell for row in cells for cell in row if str(cell.S) == "/TD"]
        assert {str(cell.S) for cell in cells[0]} == {"/TH"}
        assert {len(row) for row in cells} == {len(cells[0])}
        assert data
        for cell in data:
            named = {str(head) for head in cell.A.Headers}
            assert named
            assert named <= heads


def test_header_and_footer_stand_on_every_page_but_the_first(made):
    pages = text_of(made[0]["de"]).split("\f")[:-1]

    for number, page in enumerate(pages[1:], 2):
        assert "Regio-Bahn Mitte · 22. November 2026" in page or re.search(r"Regio-Bahn Mitte · \d", page)
        assert f"{number} von {len(pages)}" in page
    assert f"1 von {len(pages)}" not in pages[0]


def test_about_as_long_as_one_reads_in_a_meeting(made):
    assert 10 <= len(text_of(made[0]["de"]).split("\f")) - 1 <= 16


def test_before_reveal_there_is_nothing(in_scope):
    workshop = WorkshopFactory(organisation=in_scope)
    ActivityFactory(workshop=workshop, running=True)

    with pytest.raises(NothingRevealedError):
        report_content(workshop, language="de", asked_at=ASKED_AT)


def test_a_running_block_is_named_and_left_out(in_scope):
    workshop = finished_ist(in_scope, PATH[:3])
    running = ActivityFactory(workshop=workshop, running=True, title="Zweiter Block")
    ActivityStation.objects.create(activity=running, position=99, name="Geheime Station", phase="LO")

    content = report_content(workshop, language="de", asked_at=ASKED_AT)

    assert content.notes[1] == (
        "Als dieser Bericht entstand, lief der Block „Zweiter Block“ noch. Dieser Bericht enthält nur aufgedeckte "
        "Blöcke."
    )
    assert "Geheime Station" not in pdf.report_html(content)


def test_a_running_second_round_is_named_with_its_round(in_scope):
    workshop = finished_ist(in_scope, PATH[:3])
    ActivityFactory(
        workshop=workshop, running=True, title="Die ganze Reise", round=2, round_of=workshop.activities.get()
    )

    content = report_content(workshop, language="de", asked_at=ASKED_AT)

    assert content.notes[1].startswith("Als dieser Bericht entstand, lief der Block „Die ganze Reise · Runde 2“ noch.")


def test_a_frozen_ist_is_read_from_its_baseline(in_scope, mara):
    workshop = finished_ist(in_scope)
    before = report_content(workshop, language="de", asked_at=ASKED_AT)
    freeze_ist(workshop=workshop, by=mara)
    journey = workshop.cycle.journey
    journey.name, journey.persona.name = "Umbenannt", "Jemand anders"
    journey.save()
    journey.persona.save()
    ActivityStation.objects.filter(activity__workshop=workshop).update(name="Überschrieben")

    after = report_content(workshop, language="de", asked_at=ASKED_AT)

    assert after.journey == "Der Weg zur Arbeit"
    assert after.persona.name == "Petra Pendlerin"
    assert after.result == before.result
    assert after.lead == before.lead
    assert after.notes[0].startswith("Festgehalten als Ist-Stand vom ")


def test_a_frozen_ist_keeps_its_number_of_departments(in_scope, mara):
    workshop = finished_ist(in_scope, PATH[:3])
    freeze_ist(workshop=workshop, by=mara)
    before = report_content(workshop, language="de", asked_at=ASKED_AT)
    with scopes_disabled():
        Participant.objects.filter(workshop=workshop).update(department=None)
        Department.objects.filter(organisation=in_scope).delete()

    after = report_content(workshop, language="de", asked_at=ASKED_AT)

    assert after == before
    assert strip_tags(after.lead[0]) == "26 Personen aus fünf Abteilungen haben 3 Stationen bewertet."


def test_an_older_frozen_ist_names_no_departments(in_scope, mara):
    workshop = finished_ist(in_scope, PATH[:3])
    baseline = freeze_ist(workshop=workshop, by=mara)
    old = {name: value for name, value in baseline.document.items() if name != "departments"} | {"version": 1}
    Baseline.objects.filter(pk=baseline.pk).update(document=old)

    content = report_content(workshop, language="de", asked_at=ASKED_AT)

    assert strip_tags(content.lead[0]) == "26 Personen haben 3 Stationen bewertet."
    assert [fact.text for fact in content.facts if fact.label == "Bewertet haben"] == ["26 Personen"]


def test_the_criticality_order_stands_before_the_talk_list(in_scope):
    path = [(*stop[:3], counts) for stop, counts in zip(PATH, CRITICAL, strict=False)]
    workshop = finished_ist(in_scope, path, criticality=(3, 3, 1, 3, 2).__getitem__)

    content = report_content(workshop, language="de", asked_at=ASKED_AT)

    assert [(station.number, station.level) for station in content.critical] == [
        (4, "hoch"), (1, "hoch"), (5, "mittel"), (3, "niedrig"),
    ]  # fmt: skip
    assert content.critical_left == 0
    page = pdf.report_html(content)
    assert page.index('id="critical"') < page.index('id="talk"')
    assert "Kritikalität" in [fact.label for fact in content.reading]


def test_a_long_criticality_order_is_cut_and_says_so(in_scope):
    content = report_content(finished_ist(in_scope), language="de", asked_at=ASKED_AT)

    assert [station.level for station in content.critical] == ["hoch"] * 6 + ["mittel"] * 4
    assert content.critical_left == 7
    assert "7 weitere Stationen, die weniger kritisch sind oder besser abschneiden, fehlen hier." in pdf.report_html(
        content
    )


def test_without_criticality_there_is_no_order(in_scope):
    content = report_content(finished_ist(in_scope, PATH[:3], criticality=None), language="de", asked_at=ASKED_AT)

    assert content.critical == ()
    assert 'id="critical"' not in pdf.report_html(content)
    assert "Kritikalität" not in [fact.label for fact in content.reading]


def test_a_phase_tells_what_happens_at_a_station_even_without_figures(in_scope):
    path = [(PATH[0][0], PATH[0][1], "", (1, 1, 0)), (PATH[1][0], PATH[1][1], "", (5, 5, 5))]

    notes = report_content(finished_ist(in_scope, path), language="de", asked_at=ASKED_AT).phases[0].notes

    assert [(fact.label, fact.text) for fact in notes[0].happens] == [("Erwartet", "Alles klappt beim ersten Mal.")]
    assert (notes[0].reasons, notes[0].more) == ((), 0)
    assert [fact.label for fact in notes[1].happens] == ["Geschieht", "Reaktion"]
    assert notes[1].reasons != ()


def test_reasons_come_from_all_sides_and_are_few():
    many = [Reason(f"{drawer.name} {number}", drawer) for drawer in Drawer for number in range(4)]

    assert [reason.text for reason in choose_reasons(many)] == [
        "DISAPPOINTING 0", "DISAPPOINTING 1", "OK 0", "OK 1", "DELIGHTING 0",
    ]  # fmt: skip


def test_nothing_is_fetched_from_outside(tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>secret</text></svg>')
    page = f'<html lang="de"><title>t</title><p>x</p><img alt="a" src="{secret.as_uri()}"><img alt="b" src="http://127.0.0.1:9/">'

    assert "secret" not in text_of(pdf.write_pdf(page))


@pytest.mark.parametrize(
    "name",
    [
        '<script>alert(1)</script> & "Co"',
        "A" * 200,
        "😀 Feier 🎉",
        "محطة القطار",
        "{{ 7 }} {% x %} %(y)s",
        "Wort " * 40,
    ],
)
def test_any_name_can_be_printed(in_scope, name):
    workshop = finished_ist(in_scope, [(name, PATH[0][1], name[:80], (3, 3, 3)), *PATH[1:3]], journey=name[:160])

    content = written(workshop)

    assert content[:5] == b"%PDF-"
    with pikepdf.open(io.BytesIO(content)) as document, document.open_metadata() as metadata:
        assert " ".join(name[:160].split())[:20] in " ".join(metadata["dc:title"].split())
