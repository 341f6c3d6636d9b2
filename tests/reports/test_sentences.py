"""“In one minute”: whole sentences that fit the figures, in both languages."""

import re

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from reports.queries.sentences import critical, lead, phase_sentence, summary
from reports.queries.words import enumeration, in_words
from touchpoints.enums import Phase
from workshops.figures import CutPoints, StationAnswers, journey_figures
from workshops.queries import Result, StationResult

CUTS = CutPoints()


def result(*stations, raters=26, criticality=()):
    """A result of stations given as name and (disappointing, OK, delighting); the first ones have a criticality."""
    answers = [StationAnswers(name, *counts, 0) for name, counts in stations]
    figures = journey_figures(answers, raters=raters, cut_points=CUTS)
    levels = dict(enumerate(criticality, 1))
    rows = tuple(
        StationResult(
            code=found.code, number=number, name=found.code, prompt="", phase=Phase.LOYALTY, channel="", medium=None,
            relation=None, criticality=levels.get(number), department="", expectation="", reality="", reaction="",
            figures=found, reasons=(),
        )
        for number, found in enumerate(figures.stations, 1)
    )  # fmt: skip
    return Result("Ist", figures, rows, (), CUTS, {row.code: row for row in rows})


def told(sentences):
    return [strip_tags(sentence) for sentence in sentences]


LOW, MIDDLE, HIGH = (20, 4, 2), (6, 14, 6), (2, 4, 20)
WHOLE = (("Anfang", MIDDLE), ("Automat", LOW), ("Zug", HIGH))


def test_german():
    with translation.override("de"):
        assert told(lead(result(*WHOLE), 5)) == [
            "26 Personen aus fünf Abteilungen haben 3 Stationen bewertet.",
            "Die Reise beginnt ordentlich, bricht bei Automat ein und endet stark.",
        ]
        assert told(summary(result(*WHOLE))) == [
            "Am stärksten ist Zug mit einem Begeisterungssaldo von +69. Am schwächsten ist Automat mit −69.",
            "Drei Stationen zeigen Zahlen: eine begeistert, eine ist okay und eine enttäuscht.",
            "Am wenigsten einig ist man sich bei Automat: 20 enttäuschend, 4 okay, 2 begeisternd.",
            "Der erste Eindruck, Anfang, ist okay (0); der letzte, Zug, begeistert (+69).",
        ]


def test_english():
    with translation.override("en"):
        assert told(lead(result(*WHOLE), 5)) == [
            "26 people from five departments rated 3 stations.",
            "The journey begins decently, breaks down at Automat and ends strongly.",
        ]
        assert told(summary(result(*WHOLE))) == [
            "The strongest station is Zug with a delight balance of +69. The weakest is Automat with −69.",
            "Of the three stations with figures, one delights, one is OK and one disappoints.",
            "People agree least on Automat: 20 disappointing, 4 OK, 2 delighting.",
            "The first impression, Anfang, is OK (0); the last one, Zug, delights (+69).",
        ]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("de", "3 Personen haben 1 Station bewertet."), ("en", "3 people rated 1 station.")],
)
def test_one_station(language, sentence):
    with translation.override(language):
        assert told(lead(result(("Zug", (0, 1, 2)), raters=3), 1)) == [sentence]


def test_one_person_has_a_verb_of_its_own():
    with translation.override("de"):
        assert told(lead(result(("Zug", (0, 0, 1)), raters=1), 0)) == ["1 Person hat 1 Station bewertet."]


def test_only_one_station_has_figures():
    with translation.override("de"):
        assert told(summary(result(("Zug", HIGH), ("Ende", (1, 1, 0))))) == [
            "Nur Zug hat genug Bewertungen für Zahlen: Der Begeisterungssaldo beträgt +69.",
            "Am wenigsten einig ist man sich bei Zug: 2 enttäuschend, 4 okay, 20 begeisternd.",
            "Der erste Eindruck, Zug, begeistert (+69); der letzte zeigt keine Zahl.",
            "Eine Station zeigt keine Zahl, weil weniger als drei Personen sie bewertet haben.",
        ]


def test_only_hidden_stations():
    with translation.override("de"):
        hidden = result(("A", (1, 1, 0)), ("B", (0, 0, 2)))
        assert told(summary(hidden)) == [
            "Keine Station hat drei oder mehr Bewertungen, deshalb zeigt dieser Bericht keine Zahlen."
        ]
        assert told(lead(hidden, 0)) == ["26 Personen haben 2 Stationen bewertet."]


def test_nobody_rated_a_station():
    with translation.override("de"):
        assert told(summary(result(*WHOLE, ("Leer", (0, 0, 0)), ("Leer 2", (0, 0, 0)))))[-1] == (
            "Zwei Stationen hat niemand bewertet."
        )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Am stärksten sind A und C mit einem Begeisterungssaldo von je +69. Am schwächsten ist B mit −69."),
        ("en", "The strongest stations are A and C, each with a delight balance of +69. The weakest is B with −69."),
    ],
)
def test_two_share_the_first_place(language, sentence):
    with translation.override(language):
        assert told(summary(result(("A", HIGH), ("B", LOW), ("C", HIGH))))[0] == sentence


def test_many_share_the_last_place():
    with translation.override("de"):
        many = [(f"Tief {number}", LOW) for number in range(5)]
        assert told(summary(result(("Hoch", HIGH), *many)))[0] == (
            "Am stärksten ist Hoch mit einem Begeisterungssaldo von +69. "
            "Fünf Stationen teilen sich den letzten Platz mit −69, darunter Tief 0."
        )


def test_all_level_is_said_once():
    with translation.override("de"):
        level = result(("A", MIDDLE), ("B", MIDDLE))
        assert told(summary(level))[:2] == [
            "Alle Stationen liegen gleichauf, bei einem Begeisterungssaldo von 0.",
            "Alle zwei Stationen mit Zahlen sind okay: Keine begeistert, keine enttäuscht.",
        ]
        assert told(lead(level, 2)) == ["26 Personen aus zwei Abteilungen haben 2 Stationen bewertet."]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ((LOW, MIDDLE, HIGH), "Die Reise hat ihren schwächsten Moment gleich am Anfang und endet stark."),
        ((HIGH, MIDDLE, LOW), "Die Reise beginnt stark und hat ihren schwächsten Moment ganz am Ende."),
        ((HIGH, LOW, HIGH), "Die Reise beginnt stark, bricht bei B ein und endet wieder stark."),
        ((HIGH, MIDDLE, HIGH), "Die Reise beginnt stark, ist bei B am schwächsten und endet wieder stark."),
        (
            ((18, 4, 4), (24, 1, 1), (18, 4, 4)),
            "Die Reise beginnt mit einer Enttäuschung, ist bei B am schwächsten "
            "und endet wieder mit einer Enttäuschung.",
        ),
    ],
)
def test_the_course_of_the_journey(path, sentence):
    with translation.override("de"):
        assert told(lead(result(*zip("ABC", path, strict=True)), 0))[1] == sentence


@pytest.mark.parametrize(
    ("criticality", "german", "english"),
    [
        ((2, 1, 2, 2), None, None),
        (
            (2, 3, 1, 2),
            "Die eine Station mit hoher Kritikalität, B, enttäuscht (−69).",
            "The one station of high criticality, B, disappoints (−69).",
        ),
        (
            (3, 1, 3, 2),
            "Von den zwei Stationen mit hoher Kritikalität enttäuscht keine.",
            "Of the two stations of high criticality, none disappoints.",
        ),
        (
            (3, 3, 3, 2),
            "Von den drei Stationen mit hoher Kritikalität enttäuscht eine: B (−69).",
            "Of the three stations of high criticality, one disappoints: B (−69).",
        ),
        (
            (3, 3, 3, 3),
            "Von den vier Stationen mit hoher Kritikalität enttäuschen zwei: D (−77) und B (−69).",
            "Of the four stations of high criticality, two disappoint: D (−77) and B (−69).",
        ),
        (
            (2, 3, 2, 3),
            "Alle zwei Stationen mit hoher Kritikalität enttäuschen: D (−77) und B (−69).",
            "All two stations of high criticality disappoint: D (−77) and B (−69).",
        ),
    ],
)
def test_how_the_critical_stations_do(criticality, german, english):
    rated = result(("A", HIGH), ("B", LOW), ("C", MIDDLE), ("D", (22, 2, 2)), criticality=criticality)

    for language, sentence in (("de", german), ("en", english)):
        with translation.override(language):
            found = critical(rated)
            assert (None if found is None else strip_tags(found)) == sentence


def test_of_many_critical_stations_the_lowest_are_named():
    many = [(name, (20 + place, 3, 2)) for place, name in enumerate("ABCDE")]

    with translation.override("de"):
        assert strip_tags(critical(result(*many, criticality=(3, 3, 3, 3, 3)))) == (
            "Von den fünf Stationen mit hoher Kritikalität enttäuschen fünf, am stärksten E (−76), D (−75) und C (−74)."
        )


def test_unanimous_rooms_have_no_dispute():
    with translation.override("de"):
        assert "Nirgends widersprechen sich die Bewertungen." in told(
            summary(result(("A", (0, 9, 0)), ("B", (0, 0, 9))))
        )


def test_names_cannot_break_out_of_a_sentence():
    with translation.override("de"):
        sentence = summary(result(("<script>alert(1)</script> 100 %(x)s", HIGH), ("B", LOW)))[0]

    assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt; 100 %(x)s</strong>" in sentence


def test_a_phase_compares_its_stations():
    with translation.override("de"):
        stations = result(*WHOLE).stations
        assert (
            strip_tags(phase_sentence(stations)) == "Am stärksten ist hier Zug mit +69, am schwächsten Automat mit −69."
        )
        assert phase_sentence(stations[:1]) is None


def test_every_sentence_ends_and_holds_no_placeholder():
    for language in ("de", "en"):
        with translation.override(language):
            for sentence in told([*lead(result(*WHOLE), 5), *summary(result(*WHOLE))]):
                assert sentence.endswith(".")
                assert not re.search(r"%\(|\{", sentence)


def test_enumerations_and_numbers():
    with translation.override("de"):
        assert enumeration(["a"]) == "a"
        assert enumeration(["a", "b", "c"]) == "a, b und c"
        assert (in_words(12), in_words(13)) == ("zwölf", "13")
