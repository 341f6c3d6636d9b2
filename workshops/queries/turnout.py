"""How many have rated in a running block, from who took part alone: whether it will show figures, and whether a round
may still be discarded. No answer is read here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.figures import MIN_GROUP, too_few
from workshops.models import Activity, Participation, TableEntry


@dataclass(frozen=True)
class Turnout:
    """How many people rated on a phone, and how many sit at tables for which something was entered."""

    phones: int
    at_table: int

    @property
    def people(self) -> int:
        """All of them."""
        return self.phones + self.at_table


def turnout_of(activity: Activity) -> Turnout:
    """The turnout as it is now; two queries."""
    phones = Participation.objects.filter(activity=activity).count()
    tables = TableEntry.objects.filter(activity=activity).exclude(answers={})
    return Turnout(phones, tables.aggregate(heads=Sum("heads"))["heads"] or 0)


def discard_problem(activity: Activity) -> str:
    """Why this running block cannot be discarded, as a sentence; empty where it can."""
    if activity.round == 1:
        return _("“%(title)s” is a first round: it ends by revealing.") % {"title": activity.title}
    people = turnout_of(activity).people
    if people < MIN_GROUP:
        return ""
    sentence = ngettext(
        "%(count)d person has rated in “%(title)s” by now, so it can no longer be discarded. It ends by revealing.",
        "%(count)d people have rated in “%(title)s” by now, so it can no longer be discarded. It ends by revealing.",
        people,
    )
    return sentence % {"count": people, "title": activity.name}


def nothing_to_show_words(activity: Activity) -> str:
    """Before the reveal, that it will show no figure because too few have rated, and what counts then; empty otherwise.

    What one or two phones beside a table change is said in words of their own (``tables.few_phones_words``).
    """
    words = _too_few_words(turnout_of(activity).people)
    if words and activity.round > 1:
        words += " " + _("What an earlier round has shown still counts.")
    return words


def _too_few_words(people: int) -> str:
    if people == 0:
        return _("Nobody has rated: no figure will be shown.")
    if not too_few(people):
        return ""
    sentence = ngettext(
        "Only %(count)d person has rated: no figure will be shown.",
        "Only %(count)d people have rated: no figure will be shown.",
        people,
    )
    return sentence % {"count": people}
