"""Result and recorded Ist-Stand as pages: the figures with their words, ready to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Membership
from workshops.curve import Curve, gap_words, journey_level, level_words
from workshops.curve.text import localised, signed
from workshops.enums import Band
from workshops.figures import Ruler, StationFigures
from workshops.models import Activity, Baseline, Workshop
from workshops.permissions import (
    can_export_results,
    can_moderate_workshop,
    can_read_named_answers,
    can_read_reasons,
)
from workshops.queries.parts import (
    BlockAttendance,
    ContactsLine,
    PartsTable,
    attendance_of_blocks,
    contacts_of,
    parts_table,
)
from workshops.queries.results import (
    Result,
    StationResult,
    frozen_result,
    workshop_result,
)
from workshops.queries.room import read_blocks
from workshops.queries.rounds import RoundsTable, rounds_table, standing_words
from workshops.tables import at_table_words, why_hidden_words

FIRST_ROWS = 5
"""How many stations a list beside the curve begins with; a team talks about no more in one meeting."""


@dataclass(frozen=True)
class Row:
    """One station in a list beside the curve."""

    name: str
    words: str
    figures: StationFigures


@dataclass(frozen=True)
class Impression:
    """A named place on the path, such as the first impression."""

    label: str
    name: str
    figures: StationFigures | None


@dataclass(frozen=True)
class ResultPage:
    """A result as one member may see it. ``curve`` is None while nothing is revealed."""

    journey: str
    persona: str
    cycle: str
    facts: str
    curve: Curve | None
    talk: tuple[Row, ...]
    talk_rest: tuple[Row, ...]
    impressions: tuple[Impression, ...]
    critical: tuple[Row, ...]
    weak: tuple[Row, ...]
    gaps: tuple[Row, ...]
    running_words: str
    frozen_words: str
    baseline_code: UUID | None
    may_moderate: bool
    may_freeze: bool
    may_report: bool
    has_reasons: bool
    # Whether a block with names is part of it and this member may read who rated what.
    has_names: bool
    # What a table changes about which figures are shown; empty where none was entered.
    table_words: str
    # Where an earlier round counts because the last one shows no figure; empty where there is none.
    standing_words: str
    rounds: RoundsTable | None
    parts: PartsTable | None
    contacts: tuple[ContactsLine, ...]
    attendance: tuple[BlockAttendance, ...]
    # The round whose result this is; None for the last one.
    last_round: int | None

    @property
    def round_query(self) -> str:
        """What keeps the round in an address that belongs to this result; empty for the last one."""
        return f"?round={self.last_round}" if self.last_round else ""

    @property
    def talk_rest_words(self) -> str:
        """What opens the rest of the talk list."""
        count = len(self.talk_rest)
        return ngettext("%(count)d more station", "%(count)d more stations", count) % {"count": count}


def result_page(workshop: Workshop, member: Membership, *, last_round: int | None = None) -> ResultPage:
    """The result of a workshop that was loaded with its journey; the same number of queries whatever its size.

    ``last_round`` asks for the result as it was after an earlier round; one that is not earlier is the last.
    """
    # The document is the result once more, which is read from what reveal counted.
    baseline = Baseline.objects.filter(workshop=workshop).defer("document").select_related("frozen_by__user").first()
    activities = read_blocks(workshop)
    if last_round is not None and last_round >= max((each.round for each in activities if each.is_revealed), default=1):
        last_round = None
    running = next((activity for activity in activities if activity.is_running), None)
    journey = workshop.cycle.journey
    return _page(
        workshop_result(workshop, last_round=last_round, activities=activities),
        workshop,
        member,
        journey=journey.name,
        persona=journey.persona.name,
        baseline=baseline,
        running_words=_running_words(running),
        may_freeze=baseline is None and running is None,
        activities=activities,
        last_round=last_round,
    )


def baseline_page(baseline: Baseline, member: Membership) -> ResultPage:
    """A recorded Ist-Stand, read from its document: names and figures as they were, whatever they are today."""
    document = baseline.document
    return _page(
        frozen_result(baseline),
        baseline.workshop,
        member,
        journey=document["journey"]["name"],
        persona=document["persona"]["name"] or "",
        baseline=baseline,
    )


def _page(
    result: Result,
    workshop: Workshop,
    member: Membership,
    *,
    journey: str,
    persona: str,
    baseline: Baseline | None,
    running_words: str = "",
    may_freeze: bool = False,
    activities: Iterable[Activity] = (),
    last_round: int | None = None,
) -> ResultPage:
    talk = _rows(result.talk_list)
    return ResultPage(
        journey=journey,
        persona=persona,
        cycle=str(workshop.cycle),
        facts=_facts(result),
        curve=None if result.is_empty else result.curve,
        talk=talk[:FIRST_ROWS],
        talk_rest=talk[FIRST_ROWS:],
        impressions=_impressions(result),
        critical=_critical(result),
        weak=_weak(result),
        gaps=_gaps(result),
        running_words=running_words,
        frozen_words=_frozen_words(baseline),
        baseline_code=baseline.code if baseline else None,
        may_moderate=can_moderate_workshop(member),
        may_freeze=may_freeze and can_moderate_workshop(member) and not result.is_empty,
        may_report=can_export_results(member),
        has_reasons=can_read_reasons(member, workshop) and any(map(_has_reasons, result.stations)),
        has_names=can_read_named_answers(member) and any(block.is_named for block in result.blocks),
        table_words=why_hidden_words() if result.has_tables else "",
        standing_words=standing_words(result),
        rounds=rounds_table(result),
        parts=parts_table(result),
        contacts=contacts_of(result),
        attendance=attendance_of_blocks(activities) if can_moderate_workshop(member) else (),
        last_round=last_round,
    )


def _has_reasons(station: StationResult) -> bool:
    return bool(station.reasons) or any(each.reasons for each in station.earlier)


def _rows(stations: Iterable[StationResult]) -> tuple[Row, ...]:
    balance, mean = (
        words.replace(" = ", "\u00a0=\u00a0")
        for words in (_("%(band)s · balance %(balance)s · n = %(n)d"), _("%(band)s · mean %(mean)s · n = %(n)d"))
    )
    bands = {band: str(band.label) for band in Band}
    return tuple(
        Row(
            station.name,
            (mean if station.figures.ruler is Ruler.MEAN else balance)
            % {
                "band": bands[station.figures.band] if station.figures.band else "",
                **_level(station.figures),
                "n": station.figures.n or 0,
            },
            station.figures,
        )
        for station in stations
    )


def _level(figures: StationFigures) -> dict[str, str]:
    """Where a station stands, for a sentence that calls it by either name."""
    level = level_words(figures)
    return {"balance": level, "mean": level}


def _critical(result: Result) -> tuple[Row, ...]:
    is_mean = result.figures.ruler is Ruler.MEAN
    template = _("%(criticality)s · mean %(mean)s") if is_mean else _("%(criticality)s · balance %(balance)s")
    return tuple(
        Row(
            station.name,
            template
            % {
                "criticality": pgettext("criticality", "criticality: %(level)s") % {"level": station.level},
                **_level(station.figures),
            },
            station.figures,
        )
        for station in result.critical_list[:FIRST_ROWS]
    )


def _weak(result: Result) -> tuple[Row, ...]:
    """Important and weak, what weighs most first."""
    template = _("importance %(importance)s · experience %(experience)s")
    found = result.figures.quadrants
    means = {spot.code: spot for spot in found.spots} if found else {}
    return tuple(
        Row(
            station.name,
            template
            % {
                "importance": localised(means[station.code].importance, 1),
                "experience": localised(means[station.code].experience, 1),
            },
            station.figures,
        )
        for station in result.weak_list[:FIRST_ROWS]
    )


def _gaps(result: Result) -> tuple[Row, ...]:
    """Where the customer gets less than expected, the largest gap first."""
    small, large = _("%(means)s · gap %(gap)s"), _("%(means)s · large gap %(gap)s")
    return tuple(
        Row(
            station.name,
            (large if scales.has_large_gap else small) % {"means": gap_words(scales), "gap": signed(scales.gap, 1)},
            station.figures,
        )
        for station in result.gap_list[:FIRST_ROWS]
        if (scales := station.figures.scales) and scales.gap is not None
    )


def _impressions(result: Result) -> tuple[Impression, ...]:
    """The two ends of the path, also where one shows no figure, and the highest and lowest place between them."""
    if result.is_empty:
        return ()
    places: list[tuple[str, StationResult | None]] = [
        (_("First impression"), result.stations[0]),
        (_("Last impression"), result.stations[-1]),
    ]
    if result.has_ends:
        places += [(_("Highest point"), result.strongest), (_("Lowest point"), result.weakest)]
    return tuple(
        Impression(label, station.name, station.figures if station.figures.shown else None)
        for label, station in places
        if station is not None
    )


def _facts(result: Result) -> str:
    if result.is_empty:
        return ""
    raters = result.figures.raters
    people = ngettext("%(count)d rater", "%(count)d raters", raters) % {"count": raters}
    parts = [", ".join(filter(None, [people, at_table_words(result.at_table)]))]
    blocks, rounds = sum(block.round == 1 for block in result.blocks), max(each.round for each in result.stations)
    if blocks > 1:
        parts.append(ngettext("%(count)d block", "%(count)d blocks", blocks) % {"count": blocks})
    if rounds > 1:
        parts.append(_("round %(number)d") % {"number": rounds})
    moments = [block.revealed_at for block in result.blocks if block.revealed_at]
    if moments:
        parts.append(_("revealed %(when)s") % {"when": _moment(max(moments))})
    if result.figures.level is not None:
        parts.append(journey_level(result.figures))
    return " · ".join(parts)


def _moment(when: datetime) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")


def _running_words(running: Activity | None) -> str:
    if running is None:
        return ""
    return _("“%(title)s” is running and shows no value before it is revealed.") % {"title": running.name}


def _frozen_words(baseline: Baseline | None) -> str:
    if baseline is None:
        return ""
    date = date_format(timezone.localtime(baseline.frozen_at), "DATE_FORMAT")
    if baseline.frozen_by is None:
        return _("Ist baseline of %(date)s. It never changes.") % {"date": date}
    return _("Ist baseline of %(date)s, recorded by %(name)s. It never changes.") % {
        "date": date,
        "name": baseline.frozen_by.user,
    }
