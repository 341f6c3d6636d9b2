"""Closed lists of values that more than one module of this app needs."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import pgettext_lazy


class Drawer(IntegerChoices):
    """The three drawers of the method; the value is where quick mode draws them on 0 to 10."""

    DISAPPOINTING = 0, pgettext_lazy("drawer", "disappointing")
    OK = 5, pgettext_lazy("drawer", "OK")
    DELIGHTING = 10, pgettext_lazy("drawer", "delighting")


class Band(TextChoices):
    """How far the raters of a station agree, in four fixed words; the next one from 0.2, 0.4, 0.6 on."""

    AGREED = "agreed", pgettext_lazy("agreement", "agreed")
    MOSTLY = "mostly", pgettext_lazy("agreement", "mostly agreed")
    PARTLY = "partly", pgettext_lazy("agreement", "partly agreed")
    DIVIDED = "divided", pgettext_lazy("agreement", "divided")


class Step(TextChoices):
    """The four steps of a cycle. The words are the method's own and stay in both languages."""

    IST = "ist", pgettext_lazy("step", "Ist (today)")
    SOLL = "soll", pgettext_lazy("step", "Soll (target)")
    TODO = "todo", pgettext_lazy("step", "To-do (measures)")  # the name of the third step, not a note
    KONTROLLE = "kontrolle", pgettext_lazy("step", "Kontrolle (monitoring)")


class WorkshopState(TextChoices):
    """A workshop is open to its room until it is closed."""

    OPEN = "open", pgettext_lazy("workshop", "open")
    CLOSED = "closed", pgettext_lazy("workshop", "closed")


class ActivityState(TextChoices):
    """planned → open ⇄ paused → revealed. Revealed is final."""

    PLANNED = "planned", pgettext_lazy("block", "planned")
    OPEN = "open", pgettext_lazy("block", "running")
    PAUSED = "paused", pgettext_lazy("block", "paused")
    REVEALED = "revealed", pgettext_lazy("block", "revealed")


class Mode(TextChoices):
    """How a station is rated: quick is one of the three drawers with one tap, full is six scales from 0 to 10."""

    QUICK = "quick", pgettext_lazy("mode", "quick")
    FULL = "full", pgettext_lazy("mode", "full")


class Scale(TextChoices):
    """The six scales of full mode, each answered with a whole number from 0 to 10, in the order of the phone."""

    EXPERIENCE = "experience", pgettext_lazy("scale", "Experience")
    EXPECTATION = "expectation", pgettext_lazy("scale", "Expectation")
    IMPORTANCE = "importance", pgettext_lazy("scale", "Importance")
    PURCHASE = "purchase", pgettext_lazy("scale", "First purchase")
    REPURCHASE = "repurchase", pgettext_lazy("scale", "Repurchase")
    RECOMMENDATION = "recommendation", pgettext_lazy("scale", "Recommendation")


SCALE_VALUES = range(11)
"""Every answer that a scale takes."""


class RaterGroup(TextChoices):
    """On whose behalf a ballot speaks; kept from the start so that both can be compared."""

    EMPLOYEE = "employee", pgettext_lazy("raters", "employees")
    CUSTOMER = "customer", pgettext_lazy("raters", "customers")


class Quadrant(TextChoices):
    """Importance against experience, in the words of the screen; the first is where to begin."""

    CONCENTRATE = "concentrate", pgettext_lazy("quadrant", "important and weak")
    KEEP = "keep", pgettext_lazy("quadrant", "important and strong")
    LOW = "low", pgettext_lazy("quadrant", "less important and weak")
    OVERKILL = "overkill", pgettext_lazy("quadrant", "less important and strong")


class Partition(TextChoices):
    """By what the group is divided. Departments lie within in-house and providers."""

    RELATION = "relation", pgettext_lazy("partition", "in-house and providers")
    DEPARTMENT = "department", pgettext_lazy("partition", "departments")


class RunBy(TextChoices):
    """Who runs a station: the organisation itself, a provider who works for it under contract, or third parties."""

    IN_HOUSE = "in_house", pgettext_lazy("run by", "in-house")
    PROVIDER = "provider", pgettext_lazy("run by", "provider")
    THIRD_PARTIES = "third_parties", pgettext_lazy("run by", "third parties")


class MeasureKind(TextChoices):
    """Two kinds, in the order of the method: first nobody is disappointed, then somebody is delighted (R123)."""

    REMOVE = "remove", pgettext_lazy("measure", "Remove a disappointment")
    CREATE = "create", pgettext_lazy("measure", "Create delight")


class MeasureStatus(TextChoices):
    """planned → under way → done, or dropped; each may follow each, since plans change."""

    PLANNED = "planned", pgettext_lazy("measure", "Planned")
    UNDER_WAY = "under_way", pgettext_lazy("measure", "Under way")
    DONE = "done", pgettext_lazy("measure", "Done")
    DROPPED = "dropped", pgettext_lazy("measure", "Dropped")

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self in OPEN_MEASURES


OPEN_MEASURES = (MeasureStatus.PLANNED, MeasureStatus.UNDER_WAY)
"""The states in which a measure is still open."""
