"""Who is in the room, for moderators only. Never what anybody rated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from workshops.figures import MIN_GROUP
from workshops.models import Activity, Participant, Participation, TableEntry, Workshop
from workshops.queries.room import RUNNING

HERE_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Person:
    """Somebody who joined and has neither left nor been removed.

    ``begun`` and ``finished`` are None while no block runs and for those who do not rate. Of a block in advance nobody
    needs to be here, so there ``here`` is None.
    """

    code: UUID
    name: str
    department: str
    is_member: bool
    here: bool | None
    does_not_rate: bool
    begun: bool | None
    finished: bool | None
    last_seen_at: datetime


@dataclass(frozen=True)
class PeopleHere:
    """Everybody in the room, by name; those without a name come last."""

    people: tuple[Person, ...]

    @property
    def here(self) -> int:
        """How many gave a sign of life within the last two minutes."""
        return sum(person.here is True for person in self.people)

    @property
    def raters(self) -> tuple[Person, ...]:
        """Those who rate, here or asleep."""
        return tuple(person for person in self.people if not person.does_not_rate)

    @property
    def open(self) -> tuple[Person, ...]:
        """Those who rate and have not finished; empty while no block runs."""
        return tuple(person for person in self.raters if person.finished is False)


def people_here(workshop: Workshop) -> PeopleHere:
    """Who is in the room, with department, whether here and whether finished with the running block."""
    now = timezone.now()
    running = Activity.objects.filter(workshop=workshop, state__in=RUNNING).first()
    taking_part = Participation.objects.filter(activity=running).values_list("participant_id", "finished")
    progress = dict(taking_part) if running else {}
    in_advance = running is not None and running.answers_until is not None
    joined = Participant.objects.filter(workshop=workshop, left_at__isnull=True, removed_at__isnull=True)
    people = [
        Person(
            code=row.code,
            name=row.name or (str(row.membership.user) if row.membership else ""),
            department=row.department.name if row.department else "",
            is_member=row.membership is not None,
            here=None if in_advance else row.last_seen_at >= now - HERE_FOR,
            does_not_rate=row.does_not_rate,
            begun=(row.pk in progress) if running and not row.does_not_rate else None,
            finished=progress.get(row.pk, False) if running and not row.does_not_rate else None,
            last_seen_at=row.last_seen_at,
        )
        for row in joined.select_related("membership__user", "department").order_by("pk")
    ]
    return PeopleHere(tuple(sorted(people, key=lambda person: (not person.name, person.name.casefold()))))


def departments_rating(workshop: Workshop) -> int:
    """From how many departments people came who rate, at tables too; a number, no names and no shares."""
    raters = Participant.objects.filter(workshop=workshop, does_not_rate=False, department__isnull=False)
    tables = TableEntry.objects.filter(activity__workshop=workshop, department__isnull=False)
    return raters.values("department_id").union(tables.values("department_id")).count()


def fewer_than_three_here(workshop: Workshop) -> bool:
    """Whether so few who rate are in the room that only a block with names is honest."""
    raters = Participant.objects.filter(
        workshop=workshop, left_at__isnull=True, removed_at__isnull=True, does_not_rate=False
    )
    return raters.count() < MIN_GROUP
