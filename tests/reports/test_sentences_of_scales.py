"""“In one minute” and the reading help of full mode."""

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from reports.queries.reading import reading_help
from reports.queries.scales import important_and_weak, largest_gap, quadrant_parts, strongest_lever
from reports.queries.sentences import lead, phase_sentence, summary
from tests.workshops.test_scale_figures import full
from touchpoints.enums import Phase
from workshops.enums import Quadrant
from workshops.figures import CutPoints, StationAnswers, journey_figures
from workshops.queries import Result, StationResult

CUTS = CutPoints()


def result(*answers, cuts=CUTS):
    figures = journey_figures(answers, raters=26, cut_points=cuts)
    rows = tuple(
        StationResult(
            code=found.code, number=number, name=found.code, prompt="", phase=Phase.LOYALTY, channel="", medium=None,
            relation=None, criticality=None, department="", expectation="", reality="", reaction="",
            figures=found, reasons=(),
        )
        for number, found in enumerate(figures.stations, 1)
    )  # fmt: skip
    return Result("Ist", figures, rows, (), cuts, {row.code: row for row in rows})


def rated(name, experience, expectation=5, importance=5, effect=5):
    """Three people who answer alike."""
    values = {
        "expectation": expectation,
        "importance": importance,
        **dict.fromkeys(("purchase", "repurchase", "recommendation"), effect),
    }
    return full(name, (experience,) * 3, **{scale: (value,) * 3 for scale, value in values.items()})


WHOLE = (
    rated("Anfang", 6, expectation=6, importance=6, effect=4),
    rated("Automat", 2, expectation=7, importance=9, effect=8),
    rated("Zug", 9, expectation=8, importance=4, effect=7),
)


def told(sentences):
    return [strip_tags(sentence) for sentence in sentences]


def test_german():
    with translation.override("de"):
        assert told(lead(result(*WHOLE), 5)) == [
            "26 Personen aus fünf Abteilungen haben 3 Stationen bewertet.",
            "Die Reise beginnt ordentlich, bricht bei Automat ein und endet stark.",
        ]
        assert told(summary(result(*WHOLE))) == [
            "Am stärksten ist Zug mit einem Mittelwert von 9,0 von 10. Am schwächsten ist Automat mit 2,0.",
            "Eine Station ist wichtig und schwach: Automat (Wichtigkeit 9,0, Erlebnis 2,0).",
            "Die größte Lücke hat Automat: erwartet 7,0, erlebt 2,0 (−5,0).",
            "Der stärkste Hebel für Erstkauf, Wiederkauf und Weiterempfehlung: Automat (8,0 von 10).",
            "Nirgends widersprechen sich die Bewertungen.",
            "Der erste Eindruck, Anfang, ist okay (6,0); der letzte, Zug, begeistert (9,0).",
        ]


def test_english():
    with translation.override("en"):
        assert told(summary(result(*WHOLE))) == [
            "The strongest station is Zug with a mean of 9.0 of 10. The weakest is Automat with 2.0.",
            "One station is important and weak: Automat (importance 9.0, experience 2.0).",
            "The largest gap is at Automat: expected 7.0, experienced 2.0 (−5.0).",
            "The strongest leverage on purchase, repurchase and recommendation: Automat (8.0 of 10).",
            "Nowhere do the ratings contradict each other.",
            "The first impression, Anfang, is OK (6.0); the last one, Zug, delights (9.0).",
        ]


@pytest.mark.parametrize(
    ("weak", "sentence"),
    [
        (0, "No station that matters much lies below the zero line."),
        (1, "One station is important and weak: W0 (importance 8.0, experience 3.0)."),
        (
            2,
            "two stations are important and weak: W0 (importance 8.0, experience 3.0) and "
            "W1 (importance 8.0, experience 3.0).",
        ),
        (
            4,
            "four stations are important and weak, first of all W0 (importance 8.0, experience 3.0), "
            "W1 (importance 8.0, experience 3.0) and W2 (importance 8.0, experience 3.0).",
        ),
    ],
)
def test_important_and_weak(weak, sentence):
    stations = [rated(f"W{at}", 3, importance=8) for at in range(weak)]
    stations += [rated(f"S{at}", 8, importance=2) for at in range(3)]

    with translation.override("en"):
        assert strip_tags(important_and_weak(result(*stations))) == sentence


def test_quick_mode_says_nothing_of_scales():
    quick = result(*(StationAnswers(name, 2, 4, 6, 0) for name in "abc"))

    assert (important_and_weak(quick), largest_gap(quick), strongest_lever(quick)) == (None, None, None)
    assert quadrant_parts(quick) == ()


def test_where_nothing_is_missed_the_sentence_says_so():
    with translation.override("en"):
        assert largest_gap(result(rated("a", 6, expectation=6), rated("b", 8, expectation=2))) == (
            "Nowhere does the customer get less than expected."
        )


def test_a_lever_needs_a_choice_and_many_share_it():
    assert strongest_lever(result(rated("a", 6))) is None
    with translation.override("en"):
        shared = strongest_lever(result(*(rated(name, 6, effect=7) for name in "abcd")))
        assert strip_tags(shared) == (
            "Many stations share the strongest leverage on purchases and recommendation, among them a, b and c."
        )


def test_the_quadrants_hold_every_station_once_the_weak_by_their_weight():
    path = [
        rated("a", 4, importance=8),
        rated("b", 1, importance=8),
        rated("c", 8, importance=9),
        rated("d", 2, importance=1),
    ]

    parts = quadrant_parts(result(*path))

    assert [(part.quadrant, [station.name for station in part.stations]) for part in parts] == [
        (Quadrant.CONCENTRATE, ["b", "a"]),
        (Quadrant.KEEP, ["c"]),
        (Quadrant.LOW, ["d"]),
    ]


def test_one_station_alone_and_level_stations_have_their_own_sentences():
    with translation.override("de"):
        alone = result(rated("Zug", 8), full("Bus", (3, 4)))
        assert told(summary(alone))[0] == "Nur Zug hat genug Bewertungen für Zahlen: Der Mittelwert ist 8,0 von 10."
        level = result(rated("Zug", 8), rated("Bus", 8))
        assert told(summary(level))[0] == "Alle Stationen liegen gleichauf, mit einem Mittelwert von 8,0 von 10."
        assert strip_tags(phase_sentence(level.stations)) == "Alle Stationen dieser Phase liegen gleichauf bei 8,0."
        many = result(*(rated(name, 8) for name in "abcd"), rated("e", 3), rated("f", 3))
        assert told(summary(many))[0] == (
            "Vier Stationen teilen sich den ersten Platz mit einem Mittelwert von 8,0 von 10, darunter a. "
            "Am schwächsten sind e und f mit je 3,0."
        )


def test_the_reading_help_explains_the_figures_that_stand_there():
    with translation.override("de"):
        full_mode = {fact.label: fact.text for fact in reading_help(result(*WHOLE, cuts=CutPoints(3, 8)))}
        mixed = [fact.label for fact in reading_help(result(*WHOLE, StationAnswers("q", 1, 2, 3, 0)))]
        quick = [fact.label for fact in reading_help(result(StationAnswers("q", 1, 2, 3, 0)))]

    assert "Begeisterungssaldo" not in full_mode
    assert full_mode["Nulllinie"].startswith("Die Nulllinie liegt bei 5,0")
    assert "über einem Mittelwert von 7,5, ▼ (enttäuschend) unter 2,5" in full_mode["Die drei Zeichen"]
    assert "Bei „Zug“ haben 3 Bewertungen den Mittelwert 9,0" in full_mode["Mittelwert, Median und mittlere Hälfte"]
    assert {"Begeisterungssaldo", "Zwei Modi", "Lücke zur Erwartung", "Wirkungen und Hebel"} <= set(mixed)
    assert "Was hier fehlt" in quick
    assert "Was hier fehlt" not in {*full_mode, *mixed}
    assert not {"Zwei Modi", "Lücke zur Erwartung", "Wirkungen und Hebel"} & set(quick)
