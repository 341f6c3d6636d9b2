"""How we work on it together: cycles, workshops, blocks, and the ratings that nobody can trace.

That somebody takes part (Participation) is kept apart from what was rated (Ballot). In an anonymous block no column
leads from one to the other, none of these rows carries a time, and reveal leaves counts and reasons per station
(StationTally) where ballots were.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.models import Department, Membership
from accounts.tenancy import OrganisationOwned, TenantModel, TenantQuerySet
from journeys.models import Journey, Station
from touchpoints.enums import Medium, Phase, Relation
from touchpoints.models import Touchpoint, is_visible
from workshops.enums import (
    OPEN_MEASURES,
    ActivityState,
    MeasureKind,
    MeasureStatus,
    Mode,
    Partition,
    RaterGroup,
    Scale,
    Step,
    WorkshopState,
)
from workshops.figures.measures import LEAST, MOST, is_overdue, is_quick_win

# No 0/O, 1/I/L, U: read aloud and typed on a phone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 6
# More people than this share no table, and one person is the least.
MOST_HEADS = 60


def new_join_code() -> str:
    """Return a random join code; 30^6 possibilities, and failed codes are rate limited."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class Cycle(TenantModel):
    """One round through Ist, Soll, To-do and Kontrolle on a journey."""

    organisation_path: ClassVar[str] = "journey__organisation"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="cycles")
    number = models.PositiveSmallIntegerField(default=1)
    step = models.CharField(max_length=10, choices=Step, default=Step.IST)
    started_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["journey", "number"], name="cycle_number_once")]

    def __str__(self) -> str:
        return str(_("Cycle %(number)s") % {"number": self.number})


class Workshop(OrganisationOwned):  # type: ignore[django-manager-missing]  # the fence is built at run time
    """A meeting in which people rate stations together. Its join code opens the guest's door."""

    guest_path: ClassVar[str | None] = "pk"

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="workshops")
    code = models.UUIDField(default=uuid.uuid4, unique=True)
    join_code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_join_code, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="workshops")
    title = models.CharField(_("title"), max_length=160)
    planned_for = models.DateTimeField(_("date and time"), null=True, blank=True)
    state = models.CharField(max_length=8, choices=WorkshopState, default=WorkshopState.OPEN, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The moderator who steers; others see who it is and can take over.
    steered_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    # The block whose result the room sees; None: no result is shown.
    shown_activity = models.ForeignKey(
        "workshops.Activity", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    # Counts every change that an open page must show. Hints carry it, and polls ask with it.
    version = models.PositiveBigIntegerField(default=1, editable=False)
    # Counts the savings of title and time alone, for the form in which two people may type at once.
    details_version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    guests_erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When names or hours of people were last taken out of their rows, whose old versions still lie in the file.
    people_erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When a round was discarded whose rows are not yet physically gone; None: none is left.
    round_discarded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    models.Q(state=WorkshopState.CLOSED, closed_at__isnull=False)
                    | (~models.Q(state=WorkshopState.CLOSED) & models.Q(closed_at__isnull=True))
                ),
                name="workshop_closed_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.title


class WorkshopSpectator(TenantModel):
    """A member who will only watch, marked before they join; once they are in, their Participant says so."""

    organisation_path: ClassVar[str] = "workshop__organisation"
    guest_path: ClassVar[str | None] = "workshop"

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="spectators")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workshop", "membership"], name="spectator_once")]

    def __str__(self) -> str:
        return str(self.membership)


class Participant(TenantModel):
    """Somebody in the room: a member or a guest. Knows nothing of ratings.

    Nor does it know hours that could be held against what happened in a block: when somebody came is not kept, that
    they left only with the day, and the last sign of life only while the workshop is open.
    """

    organisation_path: ClassVar[str] = "workshop__organisation"
    guest_path: ClassVar[str | None] = "workshop"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="participants")
    membership = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Empty for somebody who joined without a name, and after the erasure of guests.
    name = models.CharField(_("name"), max_length=80, blank=True)
    department = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    # Hash of the guest's identity cookie; empty for members, whom their login identifies.
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    does_not_rate = models.BooleanField(default=False)
    # Refreshed at most every 30 s by the page's own sign of life, never by a rating; a day once the workshop is closed.
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateField(null=True, blank=True, editable=False)
    removed_at = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workshop", "membership"],
                condition=models.Q(membership__isnull=False),
                name="participant_member_once",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="participant_token_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Guest"))

    @property
    def takes_part(self) -> bool:
        """Whether this person has neither left nor been removed."""
        return self.left_at is None and self.removed_at is None


def name_of_round(title: str, number: int) -> str:
    """A block's title as people read it: "Rating, hidden · Round 2"."""
    return title if number == 1 else gettext("%(title)s · Round %(number)d") % {"title": title, "number": number}


class ActivityQuerySet(TenantQuerySet["Activity"]):
    """Filters of the agenda."""

    def in_order(self) -> "ActivityQuerySet":
        """Sort as on the agenda."""
        return self.order_by("position", "pk")

    def revealed(self) -> "ActivityQuerySet":
        """Only blocks whose results exist."""
        return self.filter(state=ActivityState.REVEALED)


class Activity(TenantModel):
    """One block of the agenda, in one round: the stations that are rated at the same time, hidden until revealed."""

    organisation_path: ClassVar[str] = "workshop__organisation"
    guest_path: ClassVar[str | None] = "workshop"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="activities")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=120)
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.QUICK)
    is_named = models.BooleanField(_("with names"), default=False)
    asks_reason = models.BooleanField(_("asks for the main reason"), default=True)
    # Counts the savings of the plan, for the form in which two moderators may type at once.
    details_version = models.PositiveIntegerField(default=1, editable=False)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    # Copied from the organisation when the block opens, as its words are: one drawer means the same to all its answers.
    cut_ok = models.PositiveSmallIntegerField(default=4, editable=False)
    cut_delight = models.PositiveSmallIntegerField(default=7, editable=False)
    state = models.CharField(max_length=8, choices=ActivityState, default=ActivityState.PLANNED, editable=False)
    # While open: when the timer stands at zero, which only says so. While paused: what is left of it.
    ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    seconds_left = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # A block opened in advance takes answers until then and has no timer; None: it is rated in the meeting.
    answers_until = models.DateTimeField(null=True, blank=True)
    # Open pages have been told that the moment has passed.
    deadline_noted = models.BooleanField(default=False, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    revealed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Old versions of the ballot rows are physically gone.
    vacuumed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How many joined and rated when it was revealed; counted then, since people leave later.
    raters = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # How many took part by department and by role, as queries.attendance.frozen_attendance writes it at reveal.
    attendance = models.JSONField(default=list, blank=True, editable=False)
    # A further round of a revealed block is a block of its own: blank ballots, own thresholds; the first one stays.
    round_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="+"
    )
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    # How many of them a moderator entered at a table without devices.
    raters_at_table = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = TenantModel.manager_for(ActivityQuerySet)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    models.Q(state=ActivityState.REVEALED, revealed_at__isnull=False)
                    | (~models.Q(state=ActivityState.REVEALED) & models.Q(revealed_at__isnull=True))
                ),
                name="activity_revealed_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ActivityState.PAUSED, answers_until__isnull=False),
                name="activity_in_advance_never_pauses",
            ),
            models.UniqueConstraint(
                fields=["workshop"],
                condition=models.Q(state__in=[ActivityState.OPEN, ActivityState.PAUSED]),
                name="activity_one_runs",
                violation_error_message=_("Another block is running."),
            ),
            models.CheckConstraint(
                condition=models.Q(round=1, round_of__isnull=True) | models.Q(round__gt=1, round_of__isnull=False),
                name="activity_later_round_has_first",
            ),
            models.UniqueConstraint(
                fields=["round_of", "round"],
                condition=models.Q(round_of__isnull=False),
                name="activity_round_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The title, and from the second round on which round it is, in the active language."""
        return name_of_round(self.title, self.round)

    @property
    def first_round(self) -> int:
        """The primary key of the block whose rounds this one belongs to."""
        return self.round_of_id or self.pk

    @property
    def is_running(self) -> bool:
        """Whether ratings can be given or the block only pauses."""
        return self.state in (ActivityState.OPEN, ActivityState.PAUSED)

    @property
    def is_revealed(self) -> bool:
        return self.state == ActivityState.REVEALED

    @property
    def is_over(self) -> bool:
        """Whether the deadline of a block in advance has passed; once noted it has, whatever a clock says."""
        return self.answers_until is not None and (self.deadline_noted or self.answers_until <= timezone.now())


class ActivityStation(TenantModel):
    """A station as it is rated in a block. Its words are copied: later edits change neither block nor result."""

    organisation_path: ClassVar[str] = "activity__workshop__organisation"
    guest_path: ClassVar[str | None] = "activity__workshop"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="stations")
    station = models.ForeignKey(Station, on_delete=models.SET_NULL, null=True, related_name="+")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    prompt = models.TextField(blank=True)
    phase = models.CharField(max_length=2, choices=Phase)
    channel = models.CharField(max_length=80, blank=True)
    medium = models.CharField(max_length=8, choices=Medium, blank=True)
    relation = models.CharField(max_length=8, choices=Relation, blank=True)
    criticality = models.PositiveSmallIntegerField(null=True, blank=True)
    department_name = models.CharField(max_length=120, blank=True)
    # Whether that department is a provider; None where none is named, or nobody knows any more what it was.
    by_provider = models.BooleanField(null=True, blank=True)
    expectation = models.TextField(blank=True)
    reality = models.TextField(blank=True)
    reaction = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activity", "position"], name="activity_station_position_once")
        ]

    def __str__(self) -> str:
        return self.name


class Participation(TenantModel):
    """That somebody takes part in a block, and whether they have finished. Never what they rated."""

    organisation_path: ClassVar[str] = "activity__workshop__organisation"
    guest_path: ClassVar[str | None] = "activity__workshop"

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participations")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="participations")
    finished = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["activity", "participant"], name="participation_once")]

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.activity_id}"


class Ballot(TenantModel):
    """All answers of one person in one block, found by a secret that only the person's device holds.

    Reveal counts the answers into tallies and deletes the ballots; only in a block with names do they stay.
    """

    organisation_path: ClassVar[str] = "activity__workshop__organisation"
    guest_path: ClassVar[str | None] = "activity__workshop"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="ballots")
    # Keyed hash of the device's secret and the block; empty after the reveal of a block with names.
    secret_hash = models.CharField(max_length=64, blank=True, editable=False)
    rater_group = models.CharField(max_length=8, choices=RaterGroup, default=RaterGroup.EMPLOYEE)
    # {"<primary key of the block's station>": {"drawer": 0, 5, 10 or None, "cannot_judge": bool, "reason": str}, …};
    # in full mode also "scales": {"experience": 0…10, …} with those given so far; the drawer is that of the experience.
    # One row, since a tap then writes one row, and a ballot that goes takes all its answers along.
    answers = models.JSONField(default=dict, blank=True, editable=False)
    # Only in blocks with names, said on the phone before the first tap.
    participant = models.ForeignKey(Participant, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Where the person belonged at the first answer; only while the block runs, and only to count departments at reveal.
    department = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+", db_index=False
    )

    # ``is_answered`` as SQL, of an entry as jsonb_each calls it.
    ANSWERED: ClassVar[str] = f"""(
        (value ->> 'cannot_judge')::boolean OR NOT jsonb_exists(value, 'scales')
        OR (SELECT count(*) FROM jsonb_object_keys(value -> 'scales')) = {len(Scale)}
    )"""  # noqa: S608 - words of our own

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["secret_hash"], condition=~models.Q(secret_hash=""), name="ballot_secret_once"
            )
        ]

    def __str__(self) -> str:
        return "ballot"

    @staticmethod
    def is_answered(answer: Mapping[str, Any]) -> bool:
        """Whether a station's entry in ``answers`` is whole: a drawer, all six scales, or “cannot judge”."""
        return answer["cannot_judge"] or "scales" not in answer or len(answer["scales"]) == len(Scale)

    @staticmethod
    def hash_of(secret: str, activity: Activity, participant: Participant) -> str:
        """The keyed hash under which a ballot is found. Without the device's random secret nobody can compute it.

        The participant goes in so that a second person on the same device gets a ballot of their own.
        """
        message = f"ballot\0{secret}\0{activity.code}\0{participant.code}"
        return hmac.new(settings.SECRET_KEY.encode(), message.encode(), hashlib.sha256).hexdigest()


class TableEntry(TenantModel):
    """What a table without devices answers, as a moderator counts it: how often each answer was given at each station.

    Belongs to the table, never to one of its people. Reveal adds the counts to the tallies and empties ``answers``;
    name and head count stay.
    """

    organisation_path: ClassVar[str] = "activity__workshop__organisation"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="tables")
    name = models.CharField(_("name"), max_length=80)
    heads = models.PositiveSmallIntegerField(_("people at the table"))
    department = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    # {"<primary key of the block's station>": the form of workshops.tables.TableAnswer.document, …}
    answers = models.JSONField(default=dict, blank=True, editable=False)
    # For how many of the heads every station has an answer, as far as counts can tell.
    finished = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(heads__gte=1, heads__lte=MOST_HEADS),
                name="table_has_heads",
                violation_error_message=_("A table has between 1 and 60 people."),
            ),
            models.CheckConstraint(
                condition=models.Q(finished__lte=models.F("heads")), name="table_finished_within_heads"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StationTally(TenantModel):
    """What was answered at a station of a revealed block: how often each answer, and the reasons in random order.

    Written once, by reveal, from the ballots that end with it. Nothing here belongs to a person, and no two stations
    can be joined to what one person answered at both.
    """

    organisation_path: ClassVar[str] = "station__activity__workshop__organisation"
    guest_path: ClassVar[str | None] = "station__activity__workshop"

    station = models.ForeignKey(ActivityStation, on_delete=models.CASCADE, related_name="tallies")
    rater_group = models.CharField(max_length=8, choices=RaterGroup, default=RaterGroup.EMPLOYEE)
    disappointing = models.PositiveIntegerField(default=0)
    fine = models.PositiveIntegerField(default=0)
    delighting = models.PositiveIntegerField(default=0)
    # Who could not judge it, or left it out.
    unable = models.PositiveIntegerField(default=0)
    # Full mode: {"experience": [how often 0, 1, … 10], …} for all six scales, each on its own; {} in quick mode.
    scales = models.JSONField(default=dict, blank=True)
    # How many of the three drawers, and how many of those who cannot judge, a moderator entered at a table.
    at_table = models.PositiveIntegerField(default=0, db_default=0)
    unable_at_table = models.PositiveIntegerField(default=0, db_default=0)
    # Full mode: how many of each scale were, {"experience": 4, …}; {} without a table.
    scales_at_table = models.JSONField(default=dict, blank=True, db_default={})
    # Measures (figures.DRAWERS, UNABLE, scales) of which the tables but one were one or two people.
    between_tables = models.JSONField(default=list, blank=True, db_default=[])
    # [{"text": …, "drawer": 0, 5 or 10}, …]; what was written beside “cannot judge” is not kept.
    reasons = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["station", "rater_group"], name="tally_once")]

    def __str__(self) -> str:
        return f"tally of {self.station_id}"


class PartTally(TenantModel):
    """The same counts for a part of the group: in-house staff or providers, or one department.

    Reveal writes only what may be shown (services.parts): what is not here was never stored. Names are those of that
    moment, so that a department that is renamed, merged or removed later changes no result.
    """

    organisation_path: ClassVar[str] = "station__activity__workshop__organisation"

    station = models.ForeignKey(ActivityStation, on_delete=models.CASCADE, related_name="parts")
    partition = models.CharField(max_length=10, choices=Partition)
    # The department's name; empty for all of in-house and for all providers.
    name = models.CharField(max_length=120, blank=True)
    is_provider = models.BooleanField(default=False)
    disappointing = models.PositiveIntegerField(default=0)
    fine = models.PositiveIntegerField(default=0)
    delighting = models.PositiveIntegerField(default=0)
    unable = models.PositiveIntegerField(default=0)
    # {"experience": [eleven counts for 0 … 10], …} in full mode, without the scales that must hide here.
    scales = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["station", "partition", "name", "is_provider"], name="part_once")
        ]

    def __str__(self) -> str:
        return f"part of {self.station_id}"


class Baseline(TenantModel):
    """A frozen Ist: what was found, as it was found. Later edits never change it."""

    organisation_path: ClassVar[str] = "workshop__organisation"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="baselines")
    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="baseline")
    frozen_at = models.DateTimeField(default=timezone.now, editable=False)
    frozen_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    # Stations, figures, questions, cut points and formula version; written once by services.freeze_ist.
    document = models.JSONField()

    def __str__(self) -> str:
        return f"{self.workshop} {self.frozen_at:%Y-%m-%d}"


class Reminder(TenantModel):
    """A mail to members who have not finished a block in advance. It ends with the reveal, as all ends that tells who.

    ``texts`` holds subject and text per language, as the moderator wrote them; link and deadline come when it is sent.
    """

    organisation_path: ClassVar[str] = "activity__workshop__organisation"

    # The form's: sent twice, it is one reminder.
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="reminders")
    texts = models.JSONField(default=dict)
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"reminder of {self.activity_id}"


class ReminderMail(TenantModel):
    """One member's mail. A worker claims it before it sends, so a mail whose worker was killed is never sent again."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("mail", "waiting")
        CLAIMED = "claimed", pgettext_lazy("mail", "begun")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", pgettext_lazy("mail", "not taken by the mail server")
        SKIPPED = "skipped", pgettext_lazy("mail", "no longer needed")

    organisation_path: ClassVar[str] = "reminder__activity__workshop__organisation"

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="mails")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["reminder", "membership"], name="reminder_mail_once")]
        indexes: ClassVar = [
            models.Index(fields=["state"], condition=models.Q(state="queued"), name="reminder_mail_to_send")
        ]

    def __str__(self) -> str:
        return f"mail of {self.reminder_id}"


class MeasureQuerySet(TenantQuerySet["Measure"]):
    """Filters of the plan of measures."""

    def open(self) -> "MeasureQuerySet":
        """Leave out what is done or dropped."""
        return self.filter(status__in=OPEN_MEASURES)


class Measure(OrganisationOwned):
    """What is done about one touchpoint or several (R46): who, what, from when until when, and what shall come of it.

    It belongs to the organisation, not to a cycle or a workshop: a plan may name it, and it outlives the plan.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("what is done"), max_length=200)
    kind = models.CharField(_("kind of measure"), max_length=6, choices=MeasureKind)
    touchpoints = models.ManyToManyField(Touchpoint, through="workshops.MeasureTouchpoint", related_name="measures")
    # Empty: nobody yet, or somebody whose membership has ended.
    responsible = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name=_("responsible"),
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name=_("department or provider"),
    )
    starts_on = models.DateField(pgettext_lazy("first day", "from"), null=True, blank=True)
    due_on = models.DateField(pgettext_lazy("last day", "until"), null=True, blank=True)
    # Whole units of the currency that workshops.measures names.
    budget = models.PositiveIntegerField(_("budget"), null=True, blank=True)
    wanted_result = models.TextField(_("wanted result"), max_length=1000, blank=True)
    measured_by = models.TextField(_("how we see it"), max_length=1000, blank=True)
    effort = models.PositiveSmallIntegerField(
        _("effort"), null=True, blank=True, validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)]
    )
    impact = models.PositiveSmallIntegerField(
        _("impact"), null=True, blank=True, validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)]
    )
    status = models.CharField(_("status"), max_length=9, choices=MeasureStatus, default=MeasureStatus.PLANNED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = OrganisationOwned.manager_for(MeasureQuerySet)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "status"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(title=""), name="measure_has_title"),
            models.CheckConstraint(condition=models.Q(kind__in=MeasureKind.values), name="measure_kind_known"),
            models.CheckConstraint(condition=models.Q(status__in=MeasureStatus.values), name="measure_status_known"),
            models.CheckConstraint(
                condition=(
                    models.Q(status=MeasureStatus.DONE, done_on__isnull=False)
                    | (~models.Q(status=MeasureStatus.DONE) & models.Q(done_on__isnull=True))
                ),
                name="measure_done_has_day",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(starts_on__isnull=True)
                    | models.Q(due_on__isnull=True)
                    | models.Q(due_on__gte=models.F("starts_on"))
                ),
                name="measure_dates_in_order",
                violation_error_message=_("“Until” must not lie before “from”."),
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{name}__range": (LEAST, MOST)}),
                    name=f"measure_{name}_in_range",
                )
                for name in ("effort", "impact")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Write the title on one line, and refuse one that shows nothing."""
        self.title = " ".join(self.title.split())
        if self.title and not is_visible(self.title):
            raise ValidationError({"title": _("This title shows nothing. Please write one that can be read.")})

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return MeasureStatus(self.status).is_open

    @property
    def is_quick_win(self) -> bool:
        """Whether it has much effect for little effort."""
        return is_quick_win(self.effort, self.impact)

    @property
    def is_overdue(self) -> bool:
        """Whether its last day has passed while it is open, by the calendar of the active time zone."""
        return is_overdue(self.due_on, is_open=self.is_open, today=timezone.localdate())

    @classmethod
    def export_of(cls, member: Membership) -> list[dict[str, Any]]:
        """Return what is kept here about ``member``, ready for JSON; see accounts.services.members.member_export."""
        days = ("starts_on", "due_on", "done_on")
        rows = cls.objects.filter(responsible=member).order_by("pk").values("title", "status", *days)
        return [row | {name: row[name].isoformat() if row[name] else None for name in days} for row in rows]


class MeasureTouchpoint(TenantModel):
    """That a measure is about a touchpoint. A merge of two touchpoints moves it (touchpoints.services.merging)."""

    organisation_path: ClassVar[str] = "measure__organisation"

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="links")
    # A touchpoint that a measure is about is not deleted but put into the archive, as one on a journey.
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="measure_links")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "touchpoint"], name="measure_touchpoint_once")
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} about {self.touchpoint_id}"
