"""What can be touched: the organisation's touchpoints, what was done to them, and uploads on their way in."""

import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership
from accounts.tenancy import OrganisationOwned, TenantQuerySet
from touchpoints.enums import (
    ChangeKind,
    Contact,
    ContactObject,
    Contract,
    Criticality,
    Existence,
    Media,
    Medium,
    Phase,
    Relation,
)


def is_visible(text: str) -> bool:
    """Whether ``text`` holds more than spaces and characters that show nothing, such as a zero-width space."""
    return any(character.isprintable() and not character.isspace() for character in text)


class TouchpointQuerySet(TenantQuerySet["Touchpoint"]):
    """Filters of the catalogue."""

    def in_order(self) -> "TouchpointQuerySet":
        """Sort by phase in the customer's order, then by the place inside the phase."""
        order = models.Case(*(models.When(phase=phase, then=phase.order) for phase in Phase), default=9)
        return self.annotate(phase_order=order).order_by("phase_order", "position", "pk")

    def active(self) -> "TouchpointQuerySet":
        """Leave out what lies in the archive."""
        return self.filter(archived_at__isnull=True)

    def archived(self) -> "TouchpointQuerySet":
        """Only what lies in the archive."""
        return self.filter(archived_at__isnull=False)


class Touchpoint(OrganisationOwned):  # type: ignore[django-manager-missing]  # the fence is built at run time
    """A place where a customer meets, or could meet, the organisation. A name and a phase are enough to begin."""

    code = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(_("name"), max_length=200)
    # R10: in the customer's words, not in the company's.
    description = models.TextField(_("in the customer's words"), max_length=2000, blank=True)
    phase = models.CharField(_("phase"), max_length=2, choices=Phase)
    # Place inside the phase, chronologically; gaps are allowed.
    position = models.PositiveIntegerField(default=0, editable=False)
    channel = models.CharField(_("channel"), max_length=80, blank=True)
    medium = models.CharField(_("online or offline"), max_length=8, choices=Medium, blank=True)
    relation = models.CharField(_("direct or indirect"), max_length=8, choices=Relation, blank=True)
    media = models.CharField(_("owned, paid or earned"), max_length=8, choices=Media, blank=True)
    contact = models.CharField(_("kind of contact"), max_length=8, choices=Contact, blank=True)
    contact_object = models.CharField(_("what the customer meets"), max_length=8, choices=ContactObject, blank=True)
    place = models.TextField(_("where and how contact happens"), max_length=1000, blank=True)
    purpose = models.TextField(_("purpose of the contact"), max_length=1000, blank=True)
    process = models.TextField(_("process behind it"), max_length=4000, blank=True)
    criticality = models.PositiveSmallIntegerField(_("criticality"), choices=Criticality, null=True, blank=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="touchpoints",
        verbose_name=_("department or provider"),
    )
    existence = models.CharField(_("actual or potential"), max_length=9, choices=Existence, default=Existence.ACTUAL)
    contract = models.CharField(_("before or after the contract"), max_length=6, choices=Contract, blank=True)
    serves_prospects = models.BooleanField(_("prospects"), default=False)
    serves_new = models.BooleanField(_("new customers"), default=False)
    serves_existing = models.BooleanField(_("existing customers"), default=False)
    purchase_possible = models.BooleanField(_("a purchase is possible here"), default=False)
    moment_of_truth = models.BooleanField(_("moment of truth"), default=False)
    # Number in the starter catalogue, such as IB-03, when it was ticked there.
    starter_number = models.CharField(max_length=5, blank=True, editable=False)
    # Set: out of list, palette, matches and warnings, but still on every journey that has it.
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The touchpoint that took its place when duplicates were merged; such a one is archived.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = OrganisationOwned.manager_for(TouchpointQuerySet)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "phase", "position"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(phase__in=Phase.values), name="touchpoint_phase_known"),
            models.CheckConstraint(condition=~models.Q(name=""), name="touchpoint_has_name"),
            models.UniqueConstraint(
                "organisation",
                "starter_number",
                condition=~models.Q(starter_number="") & models.Q(archived_at__isnull=True),
                name="touchpoint_starter_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Write the name on one line, and refuse one that shows nothing."""
        self.name = " ".join(self.name.split())
        if self.name and not is_visible(self.name):
            raise ValidationError({"name": _("This name shows nothing. Please write one that can be read.")})


class TouchpointChange(OrganisationOwned):
    """One thing that somebody did to a touchpoint, written in the transaction that did it. Never changed afterwards.

    Whoever did it is only pointed at: when the membership ends, the entry stays and the name is gone.
    """

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="changes")
    by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="touchpoint_changes")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12, choices=ChangeKind)
    # {field: [before, after]}: stored values, of a department its name at that time; "position" counts from 1.
    changes = models.JSONField(default=dict)
    # The other touchpoint's name at a merge, the file's at an import.
    note = models.CharField(max_length=200, blank=True)
    # How many touchpoints were changed in the same step.
    together = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=ChangeKind.values), name="touchpoint_change_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def export_of(cls, member: Membership) -> list[dict[str, Any]]:
        """Return what is kept here about ``member``, ready for JSON; see accounts.services.members.member_export."""
        rows = cls.objects.filter(by=member).order_by("pk")
        fields = ("at", "touchpoint__code", "touchpoint__name", "kind", "changes", "note")
        return [
            {name.replace("__", "_"): value for name, value in row.items()} | {"at": row["at"].isoformat()}
            for row in rows.values(*fields).iterator()
        ]


class TouchpointPair(OrganisationOwned):
    """Two touchpoints that look alike and that somebody said are two; the suggestions leave them out from then on."""

    first = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="touchpoint_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="touchpoint_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class TouchpointImport(OrganisationOwned):
    """An uploaded CSV file or workbook between upload and the one transaction that takes it in.

    Afterwards the file is emptied and the row stays for a day, so that a second click finds what the first one did.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    file_name = models.CharField(max_length=200)
    # The file as it was uploaded; it is read again at every step, so that nothing of it can get lost on the way.
    content = models.BinaryField()
    has_heading = models.BooleanField(default=True)
    # A digest of the first row: what was said about one file holds for the corrected one with the same first row.
    first_row = models.CharField(max_length=64, blank=True, editable=False)
    # Name of the earlier file from which columns and answers were taken over; empty where there was none.
    corrects = models.CharField(max_length=200, blank=True, editable=False)
    # {column index as text: field name}; columns that are left out are missing. None: not asked yet.
    columns = models.JSONField(null=True, default=None)
    # {field name: {entry as compared: value}}; see touchpoints.csv_exchange.entries. None: not asked yet.
    answers = models.JSONField(null=True, default=None)
    finished_at = models.DateTimeField(null=True, editable=False)
    added = models.PositiveIntegerField(default=0, editable=False)
    restored = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "created_at"])]

    def __str__(self) -> str:
        return self.file_name
