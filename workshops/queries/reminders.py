"""Who has not finished a block in advance, for moderators: members by name, and the words to remind them with.

That somebody takes part and whether they have finished is known; what they answered is never read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Membership
from workshops.deadlines import deadline_words
from workshops.models import Activity, Participant, Participation, Reminder, ReminderMail, WorkshopSpectator


@dataclass(frozen=True)
class OpenMember:
    """A member who may rate and has not finished. ``suggested``: whether a reminder would reach the right person."""

    member: Membership
    has_joined: bool
    has_begun: bool
    has_left: bool
    reminded_at: datetime | None

    @property
    def code(self) -> UUID:
        return self.member.code

    @property
    def name(self) -> str:
        return str(self.member.user)

    @property
    def words(self) -> str:
        """Department, and how far this person is."""
        department = str(self.member.department or "")
        return " · ".join(filter(None, [department, self._state()]))

    def _state(self) -> str:
        if self.has_left:
            return pgettext("person", "has left the room")
        if not self.has_joined:
            return pgettext("person", "has not joined")
        return pgettext("person", "has begun") if self.has_begun else pgettext("person", "not begun")

    @property
    def language(self) -> str:
        """The language that this person reads."""
        return self.member.user.language or self.member.organisation.language

    @property
    def suggested(self) -> bool:
        """Everybody but those who left, were reminded already, or moderate and have not joined."""
        only_moderates = self.member.moderates and not self.has_joined
        return not (self.has_left or self.reminded_at or only_moderates)


def open_members(activity: Activity) -> list[OpenMember]:
    """The organisation's members who may rate and have not finished, by name; the same five queries for any number."""
    workshop = activity.workshop
    people = {row.membership_id: row for row in Participant.objects.filter(workshop=workshop, membership__isnull=False)}
    progress = dict(Participation.objects.filter(activity=activity).values_list("participant_id", "finished"))
    watching = set(WorkshopSpectator.objects.filter(workshop=workshop).values_list("membership_id", flat=True))
    mails = ReminderMail.objects.filter(reminder__activity=activity).values("membership_id")
    reminded = dict(mails.annotate(last=Max("reminder__created_at")).values_list("membership_id", "last"))
    found = []
    for member in Membership.objects.filter(organisation=workshop.organisation_id).select_related(
        "user", "department", "organisation"
    ):
        person = people.get(member.pk)
        if sits_out(person, member.pk in watching) or (person and progress.get(person.pk)):
            continue
        found.append(
            OpenMember(
                member=member,
                has_joined=person is not None,
                has_begun=person is not None and person.pk in progress,
                has_left=person is not None and person.left_at is not None,
                reminded_at=reminded.get(member.pk),
            )
        )
    return sorted(found, key=lambda each: each.name.casefold())


def sits_out(person: Participant | None, only_watches: bool) -> bool:
    """Whether somebody gives no answers: removed, set to watch in the room, or marked so before they joined."""
    if person is None:
        return only_watches
    return person.does_not_rate or person.removed_at is not None


@dataclass(frozen=True)
class OpenGuests:
    """Guests in the room who rate and have not finished: names of those who gave one, and how many gave none."""

    names: tuple[str, ...]
    nameless: int

    @property
    def words(self) -> str:
        """All of them in one line; empty where there is none."""
        rest = ngettext("%(count)d guest without a name", "%(count)d guests without a name", self.nameless)
        return ", ".join([*self.names, *([rest % {"count": self.nameless}] if self.nameless else [])])


def open_guests(activity: Activity) -> OpenGuests:
    """The guests of a block who have not finished; one query."""
    guests = Participant.objects.filter(
        workshop=activity.workshop_id,
        membership__isnull=True,
        does_not_rate=False,
        left_at__isnull=True,
        removed_at__isnull=True,
    ).exclude(pk__in=Participation.objects.filter(activity=activity, finished=True).values("participant"))
    names = list(guests.values_list("name", flat=True))
    return OpenGuests(tuple(sorted(filter(None, names), key=str.casefold)), names.count(""))


def sent_words(activity: Activity) -> str:
    """What became of the last reminder, as one sentence; empty before the first."""
    last = Reminder.objects.filter(activity=activity).order_by("-created_at", "-pk").first()
    if last is None:
        return ""
    counted = dict(last.mails.values_list("state").annotate(count=Count("pk")))
    parts = [f"{counted[state]} {state.label}" for state in ReminderMail.State if state in counted]
    return _("Last reminder, %(when)s: %(what)s.") % {"when": deadline_words(last.created_at), "what": ", ".join(parts)}


# --- the words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReminderWords:
    """A reminder in one language: what may be edited, and what every mail carries below it."""

    subject: str
    text: str
    added: str

    @property
    def whole(self) -> str:
        """Text and addition as one, to copy."""
        return f"{self.text}\n\n{self.added}"


def reminder_words(activity: Activity, language: str, *, link: str) -> ReminderWords:
    """What is suggested, in ``language``; the active time zone is the organisation's."""
    workshop = activity.workshop
    with translation.override(language):
        assert activity.answers_until is not None  # noqa: S101 - narrows the type; only blocks in advance get here
        until = deadline_words(activity.answers_until)
        subject = _("Please rate until %(until)s: %(title)s") % {"until": until, "title": workshop.title}
        ask = _(
            "how do our customers see us? “%(title)s” collects our views in advance: %(stations)s, a few minutes on "
            "the phone."
        ) % {"title": workshop.title, "stations": _stations(activity)}
        hello = _("Hello,")
        text = f"{hello}\n\n{ask}\n{_promise(activity)}"
        return ReminderWords(subject, text, added_words(activity, link))


def _promise(activity: Activity) -> str:
    if activity.is_named:
        return _("This round goes with names: after the reveal the moderator sees who rated what.")
    return _("It is anonymous: before the reveal nobody is shown an answer, after it nobody can find out whose it was.")


def _stations(activity: Activity) -> str:
    count = activity.stations.count()
    return ngettext("%(count)d station", "%(count)d stations", count) % {"count": count}


def added_words(activity: Activity, link: str) -> str:
    """Link and deadline as they are now, in the active language."""
    assert activity.answers_until is not None  # noqa: S101 - narrows the type
    here = _("Here you rate:")
    words = _("Answers are taken until %(until)s, and can be changed until then.")
    return f"{here}\n{link}\n\n{words % {'until': deadline_words(activity.answers_until)}}"


def member_link(activity: Activity) -> str:
    """The way of a member: through the login, if they are not logged in, to the room."""
    room = reverse("workshops:room", kwargs={"code": activity.workshop.join_code})
    return f"{settings.PUBLIC_URL}{reverse('account_login')}?next={room}"
