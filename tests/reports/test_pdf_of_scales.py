"""What full mode adds to the PDF: every figure of the six scales, and the round before in the curve."""

import re
from base64 import b64decode
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from reports import charts, pdf
from reports.queries import report_content
from tests.factories import ActivityFactory
from tests.reports.support import PATH, add_ratings, finished_ist, in_full_mode, second_round
from tests.reports.test_pdf import text_of, written
from workshops.queries import workshop_result

ASKED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
# Experience: 0 1 2 3 0, three times 4 5 6, 7 8 9 10 7 8 9 10 7 8: 134 ÷ 24; the other scales stand in the support.
FIRST_ROW = "5,6 24 6,0 4,0–8,0 7,3 24 −1,8 8,5 24 4,5 24 6,5 24 5,6 24 5,5"


def full(organisation, path=PATH):
    """A finished workshop whose one block was rated in full mode."""
    workshop = finished_ist(organisation, path)
    in_full_mode(workshop.activities.get())
    return workshop


def rows_of_scales(workshop):
    """The lines of the table, as a reader would copy them, without the spaces between the cells."""
    pages = [
        page for page in text_of(written(workshop)).split("\f") if re.search(r"^ *Die sechs Skalen *$", page, re.M)
    ]
    lines = [" ".join(line.split()) for page in pages for line in page.splitlines()]
    return [line for line in lines if re.match(r"\d+ \D", line) and line.count(",") + line.count("–") > 5]


def test_two_full_stations_are_too_few_for_quadrants_but_show_every_scale(in_scope):
    workshop = full(in_scope, PATH[:2])

    content = report_content(workshop, language="de", asked_at=ASKED_AT)
    rows = rows_of_scales(workshop)

    assert content.quadrants == ()
    assert rows[0] == f"1 Empfehlung im Kollegenkreis {FIRST_ROW}"
    assert [row.split()[0] for row in rows] == ["1", "2"]
    assert "Wiederkauf und Weiterempfehlung" in " ".join(text_of(written(workshop)).split())


def test_a_mixed_journey_shows_the_scales_of_its_full_stations_alone(in_scope):
    workshop = finished_ist(in_scope, PATH[:3])
    second = ActivityFactory(workshop=workshop, revealed=True, raters=26, title="Danach", position=9)
    add_ratings(second, PATH[3:5], 26, texts=False, reasons=False, criticality=None, start=3)
    in_full_mode(second)

    rows = rows_of_scales(workshop)

    assert [row.split()[0] for row in rows] == ["4", "5"]
    assert re.search(r" \d,\d \d,\d–\d,\d ", rows[0].replace(" 26 ", " ", 1)), "median and middle half"


def test_a_station_below_the_threshold_has_dashes_in_every_column(in_scope):
    workshop = full(in_scope, [*PATH[:2], (PATH[16][0], PATH[16][1], "", (1, 1, 0))])

    assert rows_of_scales(workshop)[-1] == "3 Beitrag in sozialen Medien" + " –" * 10


def test_quick_mode_has_no_table_of_scales(in_scope):
    page = pdf.report_html(report_content(finished_ist(in_scope, PATH[:3]), language="de", asked_at=ASKED_AT))

    assert 'id="scales"' not in page
    assert 'href="#scales"' not in page


@pytest.mark.parametrize("rounds", [1, 2])
def test_the_curve_draws_the_round_before(in_scope, rounds):
    workshop = full(in_scope, PATH[:4])
    if rounds == 2:
        in_full_mode(second_round(workshop.activities.get()))

    with translation.override("de"):
        drawn = charts.report_charts(workshop_result(workshop), "de").curve

    svg = decoded(drawn[0].src)
    assert ("Runde 1" in svg, "Runde 2" in svg) == (rounds == 2, rounds == 2)


def decoded(address):
    """The drawing behind a data address."""
    head, _comma, body = address.partition(",")
    return b64decode(body).decode() if head.endswith("base64") else unquote(body)


@pytest.mark.parametrize(("language", "word", "other"), [("de", "Mittelwert", "Saldo"), ("en", "mean", "balance")])
def test_no_sentence_of_full_mode_speaks_of_a_balance(in_scope, language, word, other):
    content = report_content(full(in_scope, PATH[:6]), language=language, asked_at=ASKED_AT)
    page = pdf.report_html(content)

    intros = [strip_tags(intro) for intro in re.findall(r'<p class="intro">.*?</p>', page)]

    assert len([intro for intro in intros if word in intro]) >= 3
    assert other not in strip_tags(page.partition('id="figures"')[0].partition("</style>")[2])
