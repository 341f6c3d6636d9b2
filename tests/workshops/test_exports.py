"""A result to take along: what the result page says, nothing that it hides, and no formula; in all four files alike."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Membership, Organisation
from tests.workshops.pages import room_of
from tests.workshops.support import Room, make_room
from workshops import services
from workshops.enums import Drawer, Mode
from workshops.exports import workshop_export
from workshops.exports.table import reason_rows
from workshops.models import Activity, ActivityStation, Baseline, StationTally, Workshop
from workshops.queries.pages import result_page

BAD, OK, GOOD = Drawer.DISAPPOINTING, Drawer.OK, Drawer.DELIGHTING
FILES = ("export", "xlsx", "json", "svg")
GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def revealed(in_scope: Organisation, mara: Membership) -> Room:
    """Three stations: four raters, two raters, and one that nobody could judge."""
    room = make_room(in_scope, mara).open()
    room.answer([[GOOD, BAD, None], [GOOD, BAD, None], [OK, None, None], [BAD, None, None]])
    return room.reveal()


def address(room: Room, file: str = "export") -> str:
    workshop = room.workshop
    return reverse(f"workshops:result_{file}", args=[workshop.organisation.slug, workshop.code])


def baseline_address(baseline: Baseline, file: str) -> str:
    return reverse(f"workshops:baseline_{file}", args=[baseline.workshop.organisation.slug, baseline.code])


def rows_of(response) -> list[list[str]]:
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def book_of(response):
    return load_workbook(io.BytesIO(response.content))


def sheet_rows(response) -> list[list[object]]:
    return [list(row) for row in book_of(response).worksheets[1].iter_rows(values_only=True)]


def about(response) -> dict[str, object]:
    """The first sheet's rows that have a name."""
    return {name: told for name, told in book_of(response).worksheets[0].iter_rows(values_only=True) if name}


def words_of(response) -> str:
    """Everything that the picture writes."""
    root = ET.fromstring(response.content)  # noqa: S314 - our own drawing
    return " ".join(part.strip() for part in root.itertext() if part.strip())


# --- CSV ------------------------------------------------------------------------------------------------------------


def test_export_holds_the_figures_of_the_page(revealed, max_client):
    response = max_client.get(address(revealed), headers=GERMAN)

    heading, first, second, third = rows_of(response)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert heading[0:2] == ["Nr.", "Station"]
    assert heading[5:12] == ["n", "enttäuschend", "okay", "begeisternd", "Ohne Urteil", "Saldo", "Uneinigkeit"]
    assert first[0:2] == ["1", "Station 1"]
    assert first[5:11] == ["4", "1", "1", "2", "0", "25,00"]
    assert second[5:13] == [""] * 8, "two ratings would tell what somebody thinks"
    assert third[5:13] == ["", "", "", "", "4", "", "", ""]


def test_export_counts_who_left_a_station_out_with_those_who_cannot_judge(in_scope, mara, max_client):
    room = make_room(in_scope, mara, stations=2).open()
    for phone, able in zip(room.answer([[GOOD]] * 4), (None, None, "later", "later"), strict=True):
        if able is None:
            phone.rate(room.stations[1], cannot_judge=True)
    room.reveal()

    _heading, _first, second = rows_of(max_client.get(address(room), headers=GERMAN))

    assert second[5:13] == ["", "", "", "", "4", "", "", ""], "two would say what they, or the two others, did"


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        ("de", "Eigen oder extern", ["eigen", "Dienstleister", "Dritte", ""]),
        ("en", "In-house or external", ["in-house", "provider", "third parties", ""]),
    ],
)
def test_files_say_who_runs_a_station(in_scope, mara, max_client, language, heading, words):
    room = make_room(in_scope, mara, stations=4).open()
    for position, (relation, by_provider) in enumerate((("", False), ("direct", True), ("indirect", True), ("", None))):
        ActivityStation.objects.filter(activity=room.activity, position=position).update(
            relation=relation, by_provider=by_provider
        )
    room.answer([[GOOD, GOOD, BAD, BAD]] * 3)
    room.reveal()
    asked = {"Accept-Language": language}

    table, book, document = (max_client.get(address(room, file), headers=asked) for file in FILES[:3])

    read = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter={"de": ";", "en": ","}[language]))
    assert [row[14] for row in read] == [heading, *words]
    assert [row[14] for row in sheet_rows(book)] == [heading, *(word or None for word in words)]
    assert [row["run_by"] for row in document.json()["stations"]] == ["in_house", "provider", "third_parties", None]


def test_export_defuses_formulas(revealed, max_client):
    ActivityStation.objects.filter(activity=revealed.activity, position=0).update(name="=1+1", channel="@cmd")

    first = rows_of(max_client.get(address(revealed), headers=GERMAN))[1]

    assert (first[1], first[3]) == ("'=1+1", "'@cmd")


# --- Excel ----------------------------------------------------------------------------------------------------------


def test_sheet_has_the_rows_of_the_csv_with_numbers_as_numbers(revealed, max_client):
    response = max_client.get(address(revealed, "xlsx"), headers=GERMAN)

    heading, *rows = sheet_rows(response)
    csv_heading, *csv_rows = rows_of(max_client.get(address(revealed), headers=GERMAN))
    assert heading == csv_heading
    assert [as_csv(row) for row in rows] == csv_rows
    assert rows[0][5:12] == [4, 1, 1, 2, 0, 25, 0.74]
    assert rows[1][5:13] == [None] * 8


def as_csv(row: list[object]) -> list[str]:
    """A row as the German CSV writes it: balance and disagreement have two places."""
    cells = ["" if cell is None else str(cell) for cell in row]
    return (
        cells[:10] + [f"{cell:.2f}".replace(".", ",") if cell is not None else "" for cell in row[10:12]] + cells[12:]
    )


def test_sheet_is_laid_out_for_reading(revealed, max_client):
    about_sheet, stations = book_of(max_client.get(address(revealed, "xlsx"), headers=GERMAN)).worksheets

    assert (about_sheet.title, stations.title) == ("Über diese Datei", "Stationen")
    assert stations.freeze_panes == "C2"
    assert all(cell.font.bold for cell in stations[1])
    assert stations["K2"].number_format == '+0.00;"−"0.00;0.00'
    assert stations.column_dimensions["B"].width == 38


def test_sheet_types_text_as_text(revealed, max_client):
    names = {0: "=1+1", 1: "#REF!", 2: "+49 30\x01\uffff"}
    for place, name in names.items():
        ActivityStation.objects.filter(activity=revealed.activity, position=place).update(name=name)

    stations = book_of(max_client.get(address(revealed, "xlsx"))).worksheets[1]

    cells = [stations.cell(row, 2) for row in (2, 3, 4)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1+1", "s"), ("#REF!", "s"), ("+49 30  ", "s")]
    assert {cell.number_format for cell in cells} == {"@"}


def test_first_sheet_says_what_the_file_is(revealed, max_client):
    workshop = revealed.workshop
    found = about(max_client.get(address(revealed, "xlsx"), headers=GERMAN))

    assert found[workshop.cycle.journey.name] is None
    assert found["Organisation"] == workshop.organisation.name
    assert found["Workshop"] == workshop.title
    assert found["Block"].startswith("Bewerten, verdeckt, aufgedeckt am ")
    assert found["Bewertende"] == 4
    assert found["Nicht gezeigt"] == "1 Station hat weniger als 3 Bewertungen und zeigt keine Zahl."
    assert found["Begeisterungssaldo"].startswith("Alle legen jede Station")
    english = about(max_client.get(address(revealed, "xlsx"), headers={"Accept-Language": "en"}))
    assert english["Not shown"] == "1 station has fewer than 3 ratings and shows no figure."


@pytest.mark.parametrize(
    ("language", "revealed_at", "date"),
    [
        ("de", "Bewerten, verdeckt, aufgedeckt am 22.11.2026 17:20", "DD.MM.YYYY"),
        ("en", "Bewerten, verdeckt, revealed 22 Nov 2026, 17:20", "[$-809]D MMM YYYY"),
        ("en-US", "Bewerten, verdeckt, revealed 22 Nov 2026, 17:20", "[$-809]D MMM YYYY"),
    ],
)
def test_first_sheet_writes_dates_as_its_language_does(revealed, max_client, language, revealed_at, date):
    moment = datetime(2026, 11, 22, 16, 20, tzinfo=UTC)
    Workshop.objects.update(planned_for=moment)
    Activity.objects.update(revealed_at=moment)

    book = book_of(max_client.get(address(revealed, "xlsx"), headers={"Accept-Language": language}))

    told = {row[0].value: row[1] for row in book.worksheets[0].iter_rows()}
    day = told["Datum" if language == "de" else "Date"]
    assert told["Block"].value == revealed_at
    assert (day.value, day.number_format) == (datetime(2026, 11, 22), date)  # noqa: DTZ001 - a day


def reasons_sheet(response) -> list[tuple[object, ...]] | None:
    """The rows of the last sheet, where it holds the reasons."""
    book = book_of(response)
    return list(book["Gründe"].iter_rows(values_only=True)) if "Gründe" in book.sheetnames else None


def write_reasons(**by_place):
    """Reasons at the stations, in the order that reveal drew."""
    for place, given in by_place.items():
        reasons = [{"text": text, "drawer": int(drawer)} for text, drawer in given]
        StationTally.objects.filter(station__position=int(place[1:])).update(reasons=reasons)


def test_reasons_have_a_sheet_of_their_own_without_names_and_in_the_stored_order(revealed, max_client, mara_client):
    write_reasons(s0=[("Zeta", GOOD), ("Zu laut", BAD), ("=1+1", GOOD), ("Alpha", BAD)], s1=[("Geheim", BAD)])

    for client in (max_client, mara_client):
        response = client.get(address(revealed, "xlsx"), headers=GERMAN)
        rows = reasons_sheet(response)
        assert rows == [
            ("Nr.", "Station", "Phase", "Bewertet als", "Gründe, ohne Namen"),
            (1, "Station 1", "Presales", "enttäuschend", "Zu laut"),
            (1, "Station 1", "Presales", "enttäuschend", "Alpha"),
            (1, "Station 1", "Presales", "begeisternd", "Zeta"),
            (1, "Station 1", "Presales", "begeisternd", "=1+1"),
        ]
        cell = book_of(response)["Gründe"]["E5"]
        assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")


def test_without_a_reason_there_is_no_sheet_of_reasons(revealed, max_client):
    write_reasons(s1=[("Geheim", BAD)])

    assert reasons_sheet(max_client.get(address(revealed, "xlsx"), headers=GERMAN)) is None


def test_reasons_of_an_ist_stand_are_those_that_were_recorded(revealed, max_client, mara):
    write_reasons(s0=[("Zu laut", BAD)])
    baseline = services.freeze_ist(workshop=revealed.workshop, by=mara)
    write_reasons(s0=[("Umgeschrieben", BAD)])

    rows = reasons_sheet(max_client.get(baseline_address(baseline, "xlsx"), headers=GERMAN))

    assert [row[-1] for row in rows[1:]] == ["Zu laut"]


def test_who_may_not_read_reasons_gets_none_in_a_file(revealed, max):
    write_reasons(s0=[("Zu laut", BAD)])
    export = workshop_export(revealed.workshop, max)

    assert [list(reason_rows(replace(export, with_reasons=allowed))) == [] for allowed in (False, True)] == [
        True,
        False,
    ]


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_writes_moments_alike_in_both_languages(revealed, max_client):
    Activity.objects.update(revealed_at=datetime(2026, 11, 22, 16, 20, tzinfo=UTC))

    for language in ("de", "en"):
        document = max_client.get(address(revealed, "json"), headers={"Accept-Language": language}).json()
        assert document["blocks"][0]["revealed_at"] == "2026-11-22T17:20:00+01:00"


def test_document_holds_the_figures_of_the_page(revealed, max_client):
    StationTally.objects.filter(station__position=0).update(
        reasons=[{"text": "Schön", "drawer": 10}, {"text": "Zu laut", "drawer": 0}]
    )

    response = max_client.get(address(revealed, "json"), headers=GERMAN)

    document = response.json()
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (document["format"], document["version"], document["raters"]) == ("touchpoint-werkstatt/result", 2, 4)
    assert (document["balance"], document["first"], document["last"], document["talk_list"]) == (25.0, 1, None, [1])
    first, second, third = [
        {key: station[key] for key in ("state", "n", "counts", "cannot_judge", "balance", "drawer", "agreement")}
        for station in document["stations"]
    ]
    assert first == {
        "state": "shown",
        "n": 4,
        "counts": {"disappointing": 1, "ok": 1, "delighting": 2},
        "cannot_judge": 0,
        "balance": 25.0,
        "drawer": "ok",
        "agreement": "divided",
    }
    assert second == dict.fromkeys(second) | {"state": "hidden"}
    assert third == dict.fromkeys(third) | {"state": "empty", "n": 0, "cannot_judge": 4}
    assert [station["reasons"] for station in document["stations"]] == [
        [{"drawer": "disappointing", "text": "Zu laut"}, {"drawer": "delighting", "text": "Schön"}],
        [],
        [],
    ]


def test_document_names_highest_and_lowest_where_the_page_does(in_scope, mara, max_client):
    for answers, ends in (([GOOD, OK, BAD], (1, 3)), ([GOOD, GOOD, GOOD], (None, None))):
        room = make_room(in_scope, mara).open()
        room.answer([answers] * 3)

        document = max_client.get(address(room.reveal(), "json")).json()

        assert (document["strongest"], document["weakest"]) == ends


def test_document_is_the_same_in_every_language_and_every_key_is_documented(revealed, max_client, settings):
    german, english = (
        max_client.get(address(revealed, "json"), headers={"Accept-Language": language}).json()
        for language in ("de", "en")
    )

    assert english | {"exported_at": ""} == german | {"exported_at": ""}
    described = set(re.findall(r"`(\w+)`", (settings.BASE_DIR / "docs/result-json.md").read_text()))
    assert keys_of(german) - described == set()


def test_document_writes_times_in_the_time_zone_of_the_organisation(revealed, max_client):
    Organisation.objects.filter(pk=revealed.workshop.organisation_id).update(time_zone="Asia/Kathmandu")

    document = max_client.get(address(revealed, "json")).json()

    assert [document["exported_at"][-6:], document["blocks"][0]["revealed_at"][-6:]] == ["+05:45", "+05:45"]


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_of(inner)}
    return {key for inner in value for key in keys_of(inner)} if isinstance(value, list) else set()


# --- the picture ----------------------------------------------------------------------------------------------------


def test_picture_is_the_curve_with_its_source_in_light_colours(revealed, max_client):
    response = max_client.get(address(revealed, "svg"), headers=GERMAN)

    words = words_of(response)
    root = ET.fromstring(response.content)  # noqa: S314 - our own drawing
    assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert revealed.workshop.cycle.journey.name in words
    assert "4 Personen haben bewertet" in words
    assert "+25" in words
    assert "n < 3" in words
    assert root.find("{*}rect").attrib["fill"] == "#ffffff"
    drawing = root.find("{*}svg")
    assert float(drawing.attrib["y"]) + float(drawing.attrib["height"]) < float(root.attrib["height"])
    assert not re.search(r"class=|style=|<script|href=", response.content.decode())


def test_picture_takes_any_name(revealed, max_client):
    journey = revealed.workshop.cycle.journey
    type(journey).objects.filter(pk=journey.pk).update(name="<b>&\"'\x0b" + "Donaudampfschifffahrt " * 6)

    root = ET.fromstring(max_client.get(address(revealed, "svg")).content)  # noqa: S314 - our own drawing

    assert root.find("{*}title").text.startswith("<b>&\"' Donaudampfschifffahrt")


# --- all four alike -------------------------------------------------------------------------------------------------


def test_all_files_hold_the_figures_of_the_page(revealed, max_client, max):
    page = result_page(revealed.workshop, max)
    expected = [
        (figures.n or None, figures.counts, figures.cannot_judge or None, figures.balance)
        for figures in page.curve.figures.stations
    ]

    rows = rows_of(max_client.get(address(revealed), headers=GERMAN))[1:]
    cells = sheet_rows(max_client.get(address(revealed, "xlsx")))[1:]
    document = max_client.get(address(revealed, "json")).json()["stations"]

    assert [figures_of([number(cell) for cell in row]) for row in rows] == expected
    assert [figures_of(row) for row in cells] == expected
    assert [
        (
            row["n"] or None,
            tuple(row["counts"].values()) if row["counts"] else None,
            row["cannot_judge"] or None,
            row["balance"],
        )
        for row in document
    ] == expected


def figures_of(row: list[object]) -> tuple[object, ...]:
    counts = None if row[6] is None else tuple(row[6:9])
    return row[5] or None, counts, row[9] or None, row[10]


def number(cell: str) -> object:
    """A figure of the German CSV."""
    if not re.fullmatch(r"-?\d+(,\d\d)?", cell):
        return cell or None
    return float(cell.replace(",", ".")) if "," in cell else int(cell)


@pytest.mark.parametrize("file", FILES)
def test_file_is_a_download_with_a_name_that_no_cache_keeps(revealed, max_client, file):
    journey = revealed.workshop.cycle.journey
    type(journey).objects.filter(pk=journey.pk).update(name='Der "Weg"/Straße')

    response = max_client.get(address(revealed, file), headers=GERMAN)

    ending = {"export": "csv"}.get(file, file)
    name = rf"attachment; filename\*=utf-8''Ergebnis%20Der%20Weg%20Stra%C3%9Fe%20\d{{4}}-\d\d-\d\d\.{ending}"
    assert re.fullmatch(name, response["Content-Disposition"])
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("file", FILES)
def test_file_before_reveal_leads_back_to_the_page(in_scope, mara, max_client, file):
    room = make_room(in_scope, mara).open()
    room.answer([[GOOD, BAD, OK]] * 3)

    response = max_client.get(address(room, file))

    workshop = room.workshop
    assert response.status_code == 302
    assert response["Location"] == reverse(
        "workshops:workshop_result", args=[workshop.organisation.slug, workshop.code]
    )


def test_files_of_a_running_workshop_hold_what_is_revealed_and_name_what_runs(revealed, mara, max_client):
    second = services.plan_activity(
        workshop=revealed.workshop, title="Zweite Runde", stations=revealed.path, is_named=False, asks_reason=True,
        minutes=5, by=mara,
    )  # fmt: skip
    before = sheet_rows(max_client.get(address(revealed, "xlsx"), headers=GERMAN))
    services.open_activity(activity=second, by=mara)
    running = Room(revealed.workshop, Activity.objects.get(pk=second.pk), revealed.path, mara)
    running.answer([[BAD, BAD, BAD]] * 5)
    sentence = "„Zweite Runde“ läuft und zeigt vor dem Aufdecken keinen Wert."

    table, book, document, picture = (max_client.get(address(revealed, file), headers=GERMAN) for file in FILES)

    assert rows_of(table)[-1] == [*[""] * 13, sentence, ""]
    assert len(rows_of(table)) == 5
    assert sheet_rows(book) == before
    assert about(book)["Läuft gerade"] == sentence
    assert document.json()["running_block"] == {"title": "Zweite Runde"}
    assert [block["title"] for block in document.json()["blocks"]] == ["Bewerten, verdeckt"]
    assert document.json()["raters"] == 4
    assert sentence in words_of(picture)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("client", ["emil_client", "fremd_client"])
def test_file_is_for_those_who_take_results_along(revealed, mara, client, file, request):
    browser = request.getfixturevalue(client)
    baseline = services.freeze_ist(workshop=revealed.workshop, by=mara)

    answers = [browser.get(url).status_code for url in (address(revealed, file), baseline_address(baseline, file))]

    assert answers == [{"emil_client": 403, "fremd_client": 404}[client]] * 2


@pytest.mark.parametrize("file", FILES)
def test_file_of_an_ist_stand_stays_as_it_was(revealed, mara, max_client, file):
    live = max_client.get(address(revealed, file), headers=GERMAN)
    baseline = services.freeze_ist(workshop=revealed.workshop, by=mara)
    ActivityStation.objects.update(name="Umbenannt")
    StationTally.objects.update(delighting=90)

    frozen = max_client.get(baseline_address(baseline, file), headers=GERMAN)

    assert "Ist-Stand" in frozen["Content-Disposition"]
    if file == "export":
        assert rows_of(frozen) == rows_of(live)
    elif file == "xlsx":
        assert sheet_rows(frozen) == sheet_rows(live)
        assert about(frozen)["Ist-Stand"].date() == baseline.frozen_at.astimezone().date()
    elif file == "json":
        document = frozen.json()
        assert document["frozen_at"] is not None
        assert document["stations"] == live.json()["stations"]
    else:
        assert words_of(frozen) == words_of(live)


@pytest.mark.parametrize("file", FILES)
def test_file_asks_for_the_same_queries_whatever_its_size(
    max_client, organisation, mara, file, django_assert_num_queries
):
    for people, stations in ((3, 1), (5, 3)):
        room = room_of(organisation, mara, people=people, state="revealed", stations=stations)
        with django_assert_num_queries(9):
            assert max_client.get(address(room, file)).status_code == 200


@pytest.mark.parametrize("name", ["workshop_result", "baseline_detail"])
def test_page_offers_the_files_to_those_who_take_results_along(revealed, mara, max_client, emil_client, name):
    baseline = services.freeze_ist(workshop=revealed.workshop, by=mara)
    code = {"workshop_result": revealed.workshop.code, "baseline_detail": baseline.code}[name]
    page = reverse(f"workshops:{name}", args=[revealed.workshop.organisation.slug, code])
    urls = [
        address(revealed, file) if name == "workshop_result" else baseline_address(baseline, file) for file in FILES
    ]

    offered, withheld = (client.get(page, headers=GERMAN).content.decode() for client in (max_client, emil_client))

    assert [f'<a href="{url}">' in offered for url in urls] == [True] * 4
    assert [url in withheld for url in urls] == [False] * 4
    assert "Bild (SVG)" in offered
    assert "Herunterladen" not in withheld


def test_document_is_written_for_people_too(revealed, max_client):
    text = max_client.get(address(revealed, "json")).content.decode()

    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


# --- full mode --------------------------------------------------------------------------------------------------------


@pytest.fixture
def rated(in_scope: Organisation, mara: Membership) -> Room:
    """Three stations in full mode: a weak one with a gap, a strong one, and one without importance and purchase."""
    room = make_room(in_scope, mara, stations=4, mode=Mode.FULL).open()
    row = [(2, 8, 9, 5, 8, 2), (9, 6, 7, 6, 6, 9), (5, 5, None, None, 5, 5), (4, 4, 2, 3, 3, 3)]
    room.answer_scales([row, row, row])
    return room.reveal()


def test_files_of_full_mode_hold_every_scale_with_its_n(rated, max_client):
    rows = rows_of(max_client.get(address(rated), headers=GERMAN))
    sheet = sheet_rows(max_client.get(address(rated, "xlsx"), headers=GERMAN))

    assert rows[0][15:] == [
        *("Mittelwert", "Median", "Unteres Quartil", "Oberes Quartil", "Erwartung", "Lücke", "Wichtigkeit"),
        *("Erstkauf", "Wiederkauf", "Weiterempfehlung", "Hebel", "Quadrant", "n Erlebnis", "n Erwartung"),
        *("n Wichtigkeit", "n Erstkauf", "n Wiederkauf", "n Weiterempfehlung"),
    ]
    assert sheet[0] == rows[0]
    assert rows[1][15:] == [
        *("2,00", "2,00", "2,00", "2,00", "8,00", "-6,00", "9,00", "5,00", "8,00", "2,00", "5,00"),
        *("wichtig und schwach", "3", "3", "3", "3", "3", "3"),
    ]
    assert rows[3][15:] == [
        *("5,00", "5,00", "5,00", "5,00", "5,00", "0,00", "", "", "5,00", "5,00", "", "", "3", "3", "", "", "3", "3"),
    ]
    assert sheet[1][15:] == [2, 2, 2, 2, 8, -6, 9, 5, 8, 2, 5, "wichtig und schwach", 3, 3, 3, 3, 3, 3]


def test_document_of_full_mode_holds_the_scales_and_every_key_is_documented(rated, max_client, settings):
    document = max_client.get(address(rated, "json")).json()

    assert (document["ruler"], document["zero_line"], document["mean"], document["balance"]) == ("mean", 5.0, 5.0, 0.0)
    assert document["quadrants"] == {
        "importance_border": 6.0,
        "experience_border": 5.0,
        "concentrate": [1],
        "keep": [2],
        "low": [4],
        "overkill": [],
    }
    scales = document["stations"][0]["scales"]
    assert scales["expectation"] == {
        "n": 3,
        "counts": [0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0],
        "mean": 8.0,
        "median": 8.0,
        "lower_quartile": 8.0,
        "upper_quartile": 8.0,
    }
    assert (scales["gap"], scales["has_large_gap"], scales["leverage"]) == (-6.0, True, 5.0)
    assert (document["strongest"], document["weakest"]) == (2, 1)
    described = set(re.findall(r"`(\w+)`", (settings.BASE_DIR / "docs/result-json.md").read_text()))
    assert keys_of(document) - described == set()


def test_picture_and_first_sheet_of_full_mode_say_what_is_drawn(rated, max_client):
    picture = max_client.get(address(rated, "svg"), headers=GERMAN).content.decode()
    told = about(max_client.get(address(rated, "xlsx"), headers=GERMAN))

    assert "Die Zahl an jeder Station ist der Mittelwert des Erlebnisses" in picture
    assert ">2,0</text>" in picture
    assert told["Lücke zur Erwartung"] == "Lücke = Mittelwert des Erlebnisses − Mittelwert der Erwartung"
    assert "Schnittpunkten Ihrer Organisation" in told["Begeisterungssaldo"]


def test_files_of_two_modes_say_why_the_balance_leads(rated, mara, max_client):
    quick = services.plan_activity(
        workshop=rated.workshop,
        title="Kurz",
        stations=rated.path[3:],
        is_named=False,
        asks_reason=True,
        minutes=5,
        by=mara,
    )
    again = Room(rated.workshop, quick, rated.path, mara).open()
    again.answer([[10]] * 3)
    again.reveal()

    book = book_of(max_client.get(address(rated, "xlsx"), headers=GERMAN))
    rows = rows_of(max_client.get(address(rated), headers=GERMAN))

    told = [text for _name, text in book.worksheets[0].iter_rows(values_only=True) if text]
    assert any("Den gibt es in beiden Modi" in str(text) for text in told)
    assert [row[15] for row in rows[1:]] == ["2,00", "9,00", "5,00", ""]
