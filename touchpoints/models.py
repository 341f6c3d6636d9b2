"""What can be touched: the organisation's catalogue of touchpoints, and uploads on their way into it."""

import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership
from accounts.tenancy import OrganisationOwned, TenantQuerySet
from touchpoints.enums import Contact, ContactObject, Contract, Criticality, Existence, Media, Medium, Phase, Relation


def is_visible(text: str) -> bool:
    """Whether ``text`` holds more than spaces and characters that show nothing, such as a zero-width space."""
    return any(character.isprintable() and not character.isspace() for character in text)


class TouchpointQuerySet(TenantQuerySet["Touchpoint"]):
    """Filters of the catalogue."""

    def in_order(self) -> "TouchpointQuerySet":
        """Sort by phase in the customer's order, then by the place inside the phase."""
        order = models.Case(*(models.When(phase=phase, then=phase.order) for phase in Phase), default=9)
        return self.annotate(phase_order=order).order_by("phase_order", "position", "pk")


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
                condition=~models.Q(starter_number=""),
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
    # {column index as text: field name}; columns that are left out are missing. None: not asked yet.
    columns = models.JSONField(null=True, default=None)
    # {field name: {entry as compared: value}}; see touchpoints.csv_exchange.entries. None: not asked yet.
    answers = models.JSONField(null=True, default=None)
    finished_at = models.DateTimeField(null=True, editable=False)
    added = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "created_at"])]

    def __str__(self) -> str:
        return self.file_name
