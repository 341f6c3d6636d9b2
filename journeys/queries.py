"""What the pages of this app read from several models at once."""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation
from accounts.tenancy import TenantQuerySet
from journeys.models import PERSONA_ANSWERS, Journey, Persona, Station
from touchpoints.csv_exchange.headings import field_title, heading
from touchpoints.csv_exchange.writing import cell_of
from touchpoints.enums import Existence, Phase, Relation
from touchpoints.models import Touchpoint

# method.md 7: a persona that nobody has looked at for so long is a warning.
PERSONA_AGES_AFTER = timedelta(days=548)
# What a station's touchpoint says about the contact, for those who read the path.
STATION_FACTS = ("phase", "channel", "medium", "relation", "department")
# What a station itself says, in the order of its form (R124 to R126).
STATION_ANSWERS = ("expectation", "reality", "reaction")


@dataclass(frozen=True)
class StationCard:
    """A station as the board shows it."""

    code: uuid.UUID
    number: int
    name: str
    phase: Phase
    place_version: int
    medium: str
    relation: str
    is_first: bool
    is_last: bool
    moment_of_truth: bool
    is_potential: bool
    # Put away in the catalogue; the journey keeps it until somebody takes it off.
    is_archived: bool
    # How many of expectation, reality and reaction are written down.
    answers: int
    is_top: bool
    is_bottom: bool

    @property
    def stands_out(self) -> bool:
        """Whether the station has a badge."""
        return self.is_first or self.is_last or self.moment_of_truth or self.is_potential or self.is_archived


@dataclass(frozen=True)
class Column:
    """One phase of the board."""

    phase: Phase
    cards: tuple[StationCard, ...]
    # Names of the phase's touchpoints in the catalogue that are not on the journey; the archive is left out.
    suggestions: tuple[str, ...]
    digest: str

    @property
    def label(self) -> str:
        """The phase's name in the reader's language."""
        return str(self.phase.label)

    @property
    def previous(self) -> Phase | None:
        """The phase before, None at the beginning."""
        return list(Phase)[self.phase.order - 1] if self.phase.order else None

    @property
    def following(self) -> Phase | None:
        """The phase after, None at the end."""
        return list(Phase)[self.phase.order + 1] if self.phase.order < len(Phase) - 1 else None


@dataclass(frozen=True)
class BoardState:
    """A journey's path, ready to be drawn."""

    stamp: str
    columns: tuple[Column, ...]
    warnings: tuple[str, ...]
    count: int

    @property
    def untaken(self) -> int:
        """How many touchpoints of the catalogue are not on the journey."""
        return sum(len(column.suggestions) for column in self.columns)


@dataclass(frozen=True)
class JourneyRow:
    """A journey in the list."""

    journey: Journey
    count: int
    missing: tuple[str, ...]
    # Whether the Ist of its newest cycle has been recorded.
    is_recorded: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What a search looks at: what the list shows, and the description."""
        journey = self.journey
        industry = effective_industry(journey, journey.organisation)
        return (journey.name, journey.persona.name, industry, journey.description, self.state, self.step)

    @property
    def step(self) -> str:
        """The step of the method that it is in, as on home."""
        return pgettext("step", "Soll (target)") if self.is_recorded else pgettext("step", "Ist (today)")

    @property
    def state(self) -> str:
        """How far the path is, in a few words."""
        if not self.count:
            return _("still empty")
        if not self.missing:
            return _("all five phases")
        missing = ", ".join(self.missing)
        return _("without %(phases)s") % {"phases": missing}


def board_state(journey: Journey) -> BoardState:
    """Read the path of a journey in two queries, whatever its length."""
    stations = list(Station.objects.filter(journey=journey).select_related("touchpoint").in_order())
    placed = {station.touchpoint_id for station in stations}
    catalogue: dict[str, list[str]] = defaultdict(list)
    for pk, phase, name in Touchpoint.objects.active().in_order().values_list("pk", "phase", "name"):
        if pk not in placed:
            catalogue[phase].append(name)
    cards: dict[Phase, list[StationCard]] = {phase: [] for phase in Phase}
    for card in station_cards(stations):
        cards[card.phase].append(card)
    return BoardState(
        stamp=stamp_of(journey, sum(station.touchpoint.version for station in stations)),
        columns=tuple(make_column(phase, cards[phase], catalogue[phase]) for phase in Phase),
        warnings=path_warnings(stations),
        count=len(stations),
    )


def board_stamp(journey: Journey) -> str:
    """Return what changes with every change that the board shows: of the path, of a touchpoint on it, of the head.

    The journey's persona is loaded.
    """
    versions = Station.objects.filter(journey=journey).aggregate(sum=Coalesce(Sum("touchpoint__version"), 0))
    return stamp_of(journey, versions["sum"])


def stamp_of(journey: Journey, touchpoints: int) -> str:
    """Put together the versions of what a board shows; ``touchpoints`` is the sum of theirs."""
    return f"{journey.version}.{journey.persona.version}.{touchpoints}"


def station_cards(stations: Sequence[Station]) -> list[StationCard]:
    """Turn the path into cards, numbered along the whole journey."""
    last = len(stations) - 1
    phases = [station.touchpoint.phase for station in stations]
    return [
        StationCard(
            code=station.code,
            number=place + 1,
            name=station.touchpoint.name,
            phase=Phase(station.touchpoint.phase),
            place_version=station.place_version,
            medium=str(station.touchpoint.get_medium_display()),
            relation=str(station.touchpoint.get_relation_display()),
            is_first=place == 0,
            is_last=place == last and last > 0,
            moment_of_truth=station.touchpoint.moment_of_truth,
            is_potential=station.touchpoint.existence == Existence.POTENTIAL,
            is_archived=station.touchpoint.archived_at is not None,
            answers=sum(bool(words) for words in (station.expectation, station.reality, station.reaction)),
            is_top=place == 0 or phases[place - 1] != phases[place],
            is_bottom=place == last or phases[place + 1] != phases[place],
        )
        for place, station in enumerate(stations)
    ]


@dataclass(frozen=True)
class StationReading:
    """A station for those who read the path: what its touchpoint says, and its three answers, the empty ones too."""

    station: Station
    card: StationCard
    # Label and words; what is empty is left out.
    facts: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]
    # How many stations the path has, and those beside this one.
    count: int
    previous: Station | None
    following: Station | None


def station_reading(journey: Journey, code: uuid.UUID) -> StationReading | None:
    """Read a station with its place on the path in one query; None when it is not on this journey."""
    path = list(Station.objects.filter(journey=journey).select_related("touchpoint__department").in_order())
    place = next((place for place, station in enumerate(path) if station.code == code), None)
    if place is None:
        return None
    station = path[place]
    facts = ((heading(name), cell_of(station.touchpoint, name)) for name in STATION_FACTS)
    return StationReading(
        station=station,
        card=station_cards(path)[place],
        facts=tuple((label, words) for label, words in facts if words),
        answers=tuple((field_title(Station, name), getattr(station, name)) for name in STATION_ANSWERS),
        count=len(path),
        previous=path[place - 1] if place else None,
        following=path[place + 1] if place + 1 < len(path) else None,
    )


def make_column(phase: Phase, cards: Sequence[StationCard], suggestions: Sequence[str]) -> Column:
    """Return the column with a digest of its cards: an open board replaces only the columns that changed."""
    digest = hashlib.sha256(repr(cards).encode()).hexdigest()[:16]
    return Column(phase=phase, cards=tuple(cards), suggestions=tuple(suggestions), digest=digest)


def path_warnings(stations: Sequence[Station]) -> tuple[str, ...]:
    """Return calm sentences about what the path does not show yet; none for an empty path, which has its own words."""
    if not stations:
        return ()
    present = {station.touchpoint.phase for station in stations}
    sentences = [sentence for phase, sentence in missing_phase_sentences().items() if phase not in present]
    if stations[0].touchpoint.relation == Relation.DIRECT:
        sentences.append(
            _(
                "The first station, “%(name)s”, is already a contact with you. Customers often meet the judgement of "
                "others before that: search results, reviews, advice from friends. Is something missing before it?"
            )
            % {"name": stations[0].touchpoint.name}
        )
    return tuple(sentences)


def missing_phase_sentences() -> dict[Phase, str]:
    """Return what to say about each phase without a station."""
    return {
        Phase.INFLUENCING_BEFORE: _(
            "There is no station in “Influencing (before)”. Where do others talk about you before a customer first "
            "contacts you?"
        ),
        Phase.PRESALES: _("There is no station in “Presales”. Where does the customer prepare the decision?"),
        Phase.PURCHASE: _("There is no station in “Purchase”. Where does the customer decide and buy?"),
        Phase.LOYALTY: _("There is no station in “Loyalty”. Who takes care of the customer after the purchase?"),
        Phase.INFLUENCING_AFTER: _(
            "There is no station in “Influencing (after)”. Where do customers tell others about you?"
        ),
    }


def journey_rows() -> list[JourneyRow]:
    """Read all journeys with the size and the gaps of their paths, by name, in two queries."""
    journeys = sorted(with_steps(Journey.objects.select_related("persona", "organisation")), key=by_name)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    numbers = Station.objects.values_list("journey", "touchpoint__phase").annotate(number=Count("pk")).order_by()
    for journey, phase, number in numbers:
        counts[journey][phase] = number
    return [
        JourneyRow(
            journey=journey,
            count=sum(counts[journey.pk].values()),
            missing=tuple(str(phase.label) for phase in Phase if not counts[journey.pk][phase]),
            is_recorded=is_recorded(journey),
        )
        for journey in journeys
    ]


def with_steps(journeys: TenantQuerySet[Journey]) -> TenantQuerySet[Any]:
    """List as ``steps`` in which step each cycle of a journey is, the newest first; None of one without a cycle.

    Cycles belong to a later app, of which this one knows no more than that they lead to a journey.
    """
    return journeys.annotate(steps=ArrayAgg("cycles__step", order_by="-cycles__number"))


def is_recorded(journey: Any) -> bool:
    """Whether the newest cycle of a journey of ``with_steps`` has its Ist, which is its first step."""
    return journey.steps[0] not in (None, "ist")


def persona_rows() -> list[Persona]:
    """Read all personas with ``journey_count``, by name, in one query."""
    return sorted(Persona.objects.annotate(journey_count=Count("journeys")), key=by_name)


@dataclass(frozen=True)
class PersonaFact:
    """One heading of the persona card with its lines."""

    label: str
    lines: tuple[str, ...]
    # Goals and pains stand larger than the rest.
    leads: bool


def persona_facts(persona: Persona) -> list[PersonaFact]:
    """Return what is known about a persona, in the order of the card, without what is empty."""
    facts = []
    # On the card what moves somebody comes first, who they are last.
    for name in sorted(PERSONA_ANSWERS, key=lambda name: name == "demographics"):
        lines = tuple(line.strip(" -•*\t") for line in getattr(persona, name).splitlines() if line.strip(" -•*\t"))
        if lines:
            facts.append(PersonaFact(field_title(Persona, name), lines, leads=name in ("goals", "pains")))
    return facts


def persona_hint(persona: Persona) -> str:
    """Return a calm sentence when a persona rests on nothing, or on something old (method.md 7); else nothing."""
    if not persona.evidence.strip():
        return _("This persona rests on no evidence yet. Talk to three real customers, and write down what you heard.")
    checked = timezone.localdate() - persona.evidence_date if persona.evidence_date else None
    unchanged = timezone.now() - persona.updated_at
    if min(unchanged, checked) > PERSONA_AGES_AFTER if checked is not None else unchanged > PERSONA_AGES_AFTER:
        return _("Nobody has changed this persona for 18 months. Is it still how your customers are?")
    return ""


def effective_industry(journey: Journey, organisation: Organisation) -> str:
    """Return the journey's industry, or the organisation's where the journey has none of its own."""
    return journey.industry or organisation.industry


def by_name(row: Journey | Persona) -> tuple[str, int]:
    """Sort names without regard to case; the database here knows no German collation."""
    return (row.name.casefold().translate(UMLAUTS), row.pk)


UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
