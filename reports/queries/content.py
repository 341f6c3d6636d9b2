"""A report's content: everything that is printed, chosen and put into words, before anything is drawn.

A frozen Ist is read from its baseline, so that later edits change nothing in its report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reports.queries import sentences
from reports.queries.path import PathPage, path_page
from reports.queries.personas import PERSONA_TEXTS, PersonaCard, persona_card
from reports.queries.reading import Fact, reading_help
from reports.queries.scales import QuadrantPart, quadrant_parts, scaled_stations
from reports.queries.words import in_words, long_date
from touchpoints.enums import Phase
from workshops.curve import level_on, level_words
from workshops.enums import ActivityState, Drawer
from workshops.figures import Ruler
from workshops.models import Activity, Baseline, Workshop
from workshops.queries import Reason, Result, StationResult, departments_rating, frozen_result, workshop_result
from workshops.queries.parts import ContactsLine, PartsTable, contacts_of, parts_table
from workshops.queries.rounds import RoundsTable, rounds_table, standing_words
from workshops.tables import at_table_words

REASONS_A_STATION = 5
LONGEST_LIST = 10
SHORT = 54
"""Longest name in the line above each page."""


class NothingRevealedError(Exception):
    """There is no revealed block, hence nothing that may be printed."""


@dataclass(frozen=True)
class KeyCell:
    """One of the four cells under the lead."""

    label: str
    name: str
    value: str
    drawer: Drawer | None


@dataclass(frozen=True)
class StationNotes:
    """What lies behind a station's figures: what happens there, in the journey's words, and what the raters wrote.

    ``more`` further reasons stand in the application.
    """

    station: StationResult
    happens: tuple[Fact, ...]
    reasons: tuple[Reason, ...]
    more: int


@dataclass(frozen=True)
class PhasePage:
    """One phase with its stations, and what lies behind their figures."""

    phase: Phase
    stations: tuple[StationResult, ...]
    sentence: SafeString | None
    notes: tuple[StationNotes, ...]


@dataclass(frozen=True)
class ReportContent:
    """Everything that is printed. Texts are in ``language`` already; station names are as people typed them."""

    language: str
    organisation: str
    journey: str
    description: str
    workshop: str
    held_on: str
    short_journey: str
    short_organisation: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    lead: tuple[SafeString, ...]
    cells: tuple[KeyCell, ...]
    summary: tuple[SafeString, ...]
    result: Result
    map_phases: tuple[Phase, ...]
    map_rows: tuple[tuple[StationResult | None, ...], ...]
    missing_phases: str
    path: PathPage | None
    phases: tuple[PhasePage, ...]
    quadrants: tuple[QuadrantPart, ...]
    scales: tuple[StationResult, ...]
    critical: tuple[StationResult, ...]
    critical_left: int
    talk: tuple[StationResult, ...]
    talk_left: int
    rounds: RoundsTable | None
    parts: PartsTable | None
    contacts: tuple[ContactsLine, ...]
    persona: PersonaCard
    reading: tuple[Fact, ...]

    @property
    def is_mean(self) -> bool:
        """Whether the stations stand on the mean of their ratings."""
        return self.result.figures.ruler is Ruler.MEAN


@dataclass(frozen=True)
class _Source:
    """Where the words come from: today's rows, or the baseline's document. ``departments`` 0 means nobody knows."""

    result: Result
    organisation: str
    journey: Mapping[str, str]
    workshop: str
    persona: Mapping[str, Any]
    departments: int
    frozen_at: datetime | None


def report_content(workshop: Workshop, *, language: str, asked_at: datetime) -> ReportContent:
    """What the report of ``workshop`` holds in ``language``; raises NothingRevealedError where there is nothing."""
    source = _source(workshop)
    if source.result.is_empty:
        raise NothingRevealedError
    with translation.override(language):
        return _content(workshop, source, language, asked_at)


def _source(workshop: Workshop) -> _Source:
    baseline = Baseline.objects.filter(workshop=workshop).first()
    if baseline is None:
        journey, organisation = workshop.cycle.journey, workshop.organisation
        persona = {name: getattr(journey.persona, name) for name in ("name", "role", "quote", *PERSONA_TEXTS)}
        return _Source(
            result=workshop_result(workshop),
            organisation=organisation.name,
            journey={"name": journey.name, "description": journey.description},
            workshop=workshop.title,
            persona={**persona, "evidence_date": journey.persona.evidence_date},
            departments=departments_rating(workshop),
            frozen_at=None,
        )
    document = baseline.document
    evidence_date = document["persona"]["evidence_date"]
    return _Source(
        result=frozen_result(baseline),
        organisation=document["organisation"],
        journey=document["journey"],
        workshop=document["workshop"]["title"],
        persona={**document["persona"], "evidence_date": parse_date(evidence_date) if evidence_date else None},
        departments=document.get("departments", 0),
        frozen_at=baseline.frozen_at,
    )


def _content(workshop: Workshop, source: _Source, language: str, asked_at: datetime) -> ReportContent:
    result, zone = source.result, ZoneInfo(workshop.organisation.time_zone)
    held_on = long_date(_held_at(result, asked_at).astimezone(zone).date())
    columns = {phase: [station for station in result.stations if station.phase == phase] for phase in Phase}
    missing = [str(phase.label) for phase, stations in columns.items() if not stations]
    pages = tuple(_phase_page(phase, stations) for phase, stations in columns.items() if stations)
    return ReportContent(
        language=language,
        organisation=source.organisation,
        journey=source.journey["name"],
        description=source.journey["description"],
        workshop=source.workshop,
        held_on=held_on,
        short_journey=Truncator(source.journey["name"]).chars(SHORT),
        short_organisation=Truncator(source.organisation).chars(SHORT - 16),
        facts=_facts(source, held_on, asked_at.astimezone(zone).date()),
        notes=_notes(workshop, source, zone),
        lead=sentences.lead(result, source.departments),
        cells=_cells(result),
        summary=sentences.summary(result),
        result=result,
        map_phases=tuple(Phase),
        map_rows=tuple(zip_longest(*columns.values())),
        missing_phases=" · ".join(missing),
        path=path_page(result),
        phases=pages,
        quadrants=quadrant_parts(result),
        scales=scaled_stations(result),
        critical=result.critical_list[:LONGEST_LIST],
        critical_left=max(0, len(result.critical_list) - LONGEST_LIST),
        talk=result.talk_list[:LONGEST_LIST],
        talk_left=max(0, len(result.talk_list) - LONGEST_LIST),
        rounds=rounds_table(result),
        parts=parts_table(result),
        contacts=contacts_of(result),
        persona=persona_card(source.persona, workshop.cycle.journey.persona),
        reading=reading_help(result),
    )


def _held_at(result: Result, asked_at: datetime) -> datetime:
    """The day on which the last block was revealed is the day of the results."""
    return max((block.revealed_at for block in result.blocks if block.revealed_at), default=asked_at)


def _facts(source: _Source, held_on: str, made_on: date) -> tuple[Fact, ...]:
    result = source.result
    raters = result.figures.raters
    people = ngettext("%(count)d person", "%(count)d people", raters) % {"count": raters}
    if source.departments > 1:
        people = _("%(people)s from %(departments)s departments") % {
            "people": people,
            "departments": in_words(source.departments),
        }
    people = ", ".join(filter(None, [people, at_table_words(result.at_table)]))
    return (
        Fact(_("Persona"), source.persona["name"]),
        Fact(_("Workshop"), source.workshop),
        Fact(pgettext("report", "Held on"), held_on),
        Fact(pgettext("report", "Who rated"), people),
        Fact(pgettext("report", "Stations"), str(len(result.stations))),
        Fact(pgettext("report", "Report of"), long_date(made_on)),
    )


def _notes(workshop: Workshop, source: _Source, zone: ZoneInfo) -> tuple[str, ...]:
    """What must be known about the basis: frozen or preliminary, and what runs at the moment."""
    notes = []
    if source.frozen_at:
        day = long_date(source.frozen_at.astimezone(zone).date())
        notes.append(_("Frozen as the Ist of %(date)s. Later changes do not touch these figures.") % {"date": day})
    else:
        notes.append(_("The Ist is not frozen yet: a further block can still change this picture."))
    running = Activity.objects.filter(workshop=workshop, state__in=[ActivityState.OPEN, ActivityState.PAUSED]).first()
    if running:
        text = _(
            "The block “%(title)s” was still running when this report was made. This report holds revealed blocks only."
        )
        notes.append(text % {"title": running.name})
    if standing := standing_words(source.result):
        notes.append(standing)
    return tuple(notes)


def _cells(result: Result) -> tuple[KeyCell, ...]:
    """The four key figures; a dash where a figure must not be shown."""
    nothing = "–"

    def cell(label: str, station: StationResult | None) -> KeyCell:
        if station is None:
            return KeyCell(label, nothing, "", None)
        return KeyCell(label, station.name, level_words(station.figures), station.figures.drawer)

    disputed = result.most_disputed
    band = disputed.figures.band if disputed else None
    whole = level_on(result.figures.ruler, result.figures.level)
    is_mean = result.figures.ruler is Ruler.MEAN
    what = _("mean of the experience, of 10") if is_mean else _("mean delight balance")
    return (
        cell(pgettext("report", "Strongest station"), result.strongest),
        cell(pgettext("report", "Weakest station"), result.weakest),
        KeyCell(
            pgettext("report", "Largest disagreement"),
            disputed.name if disputed else nothing,
            str(band.label) if band else "",
            None,
        ),
        KeyCell(
            pgettext("report", "Whole journey"),
            whole or nothing,
            what if whole else "",
            None,
        ),
    )


def _phase_page(phase: Phase, stations: Sequence[StationResult]) -> PhasePage:
    notes = tuple(note for note in map(_station_notes, stations) if note.happens or note.reasons)
    return PhasePage(phase, tuple(stations), sentences.phase_sentence(stations), notes)


def _station_notes(station: StationResult) -> StationNotes:
    words = (
        (pgettext("station", "Expected"), station.expectation),
        (pgettext("station", "Happens"), station.reality),
        (pgettext("station", "Reaction"), station.reaction),
    )
    chosen = choose_reasons(station.reasons) if station.figures.shown else ()
    happens = tuple(Fact(label, text) for label, text in words if text)
    return StationNotes(station, happens, chosen, len(station.reasons) - len(chosen) if chosen else 0)


def choose_reasons(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """At most a handful, taken in turns from the three drawers so that each side is heard, disappointing first."""
    piles = [[reason for reason in reasons if reason.drawer == drawer] for drawer in Drawer]
    turns = [reason for turn in zip_longest(*piles) for reason in turn if reason is not None]
    return tuple(sorted(turns[:REASONS_A_STATION], key=lambda reason: reason.drawer))
