"""The filters and fragments for templates."""

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils.translation import override

from tests.workshops.test_curve import EVIL, curve_of


def rendered(source, lang, **context):
    with override(lang):
        return Template("{% load workshops_tags %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (35.4, "+35", "+35"),
        (-29.0, "−29", "−29"),
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (-0.4, "0", "0"),
        (0.4, "0", "0"),
        (12.5, "+13", "+13"),
        (-12.5, "−13", "−13"),
        (-100, "−100", "−100"),
        (None, "–", "–"),
    ],
)
def test_signed(value, german, english):
    assert rendered("{{ value|signed }}", "de", value=value) == german
    assert rendered("{{ value|signed }}", "en", value=value) == english


def test_signed_with_places():
    assert rendered("{{ value|signed:1 }}", "de", value=-3.06) == "−3,1"
    assert rendered("{{ value|signed:1 }}", "en", value=3.06) == "+3.1"


@pytest.mark.parametrize(
    ("source", "value", "german", "english"),
    [
        ("{{ value|decimal1 }}", 5.44, "5,4", "5.4"),
        ("{{ value|decimal1 }}", -0.25, "−0,3", "−0.3"),
        ("{{ value|decimal1 }}", None, "–", "–"),
        ("{{ value|decimal2 }}", 0.5924, "0,59", "0.59"),
        ("{{ value|decimal2 }}", None, "–", "–"),
        ("{{ value|percent }}", 37.5, "38\N{NO-BREAK SPACE}%", "38%"),
        ("{{ value|percent }}", 0.0, "0\N{NO-BREAK SPACE}%", "0%"),
        ("{{ value|percent }}", None, "–", "–"),
    ],
)
def test_numbers_follow_the_language(source, value, german, english):
    assert rendered(source, "de", value=value) == german
    assert rendered(source, "en", value=value) == english


def test_distribution_bar_fragment():
    station = curve_of((3, 9, 12)).figures.stations[0]

    with override("en"):
        markup = render_to_string("workshops/_distribution_bar.html", {"figures": station})

    assert markup.count("<rect") == 3
    assert 'aria-label="3 disappointing, 9 OK, 12 delighting"' in markup


def test_curve_fragment_is_a_region_for_the_keyboard():
    with override("en"):
        markup = render_to_string("workshops/_journey_curve.html", {"curve": curve_of((3, 9, 12)), "ident": "ist"})

    assert 'role="region" tabindex="0" aria-label="Journey curve, scrolls sideways"' in markup
    assert 'aria-labelledby="ist-title ist-summary"' in markup
    assert 'id="ist-title"' in markup


def test_station_table_fragment_has_caption_headers_and_every_row():
    with override("de"):
        markup = render_to_string(
            "workshops/_station_table.html", {"curve": curve_of((3, 9, 12), (0, 0, 5), names=[EVIL])}
        )

    assert markup.count('<th scope="col"') == 8
    assert markup.count('<th scope="row"') == 2
    assert "<caption>" in markup
    assert "<script" not in markup
