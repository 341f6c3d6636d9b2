"""Who travels, and along what: personas, journeys and the stations on them."""

import secrets
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import OrganisationOwned, TenantModel, TenantQuerySet
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint

PERSONA_ANSWERS = (
    "demographics",
    "goals",
    "pains",
    "needs",
    "behaviour",
    "preferences",
    "channels",
    "communication_style",
)
"""What is told about a persona, in the order of its form and of the printed card."""

PERSONA_FIELDS = ("name", "role", "quote", *PERSONA_ANSWERS, "evidence", "evidence_date")
"""What a form may set; the picture is handled apart."""


def picture_name(persona: "Persona", original: str) -> str:
    """Return where a picture is kept: a random name that says nothing about whom it shows. Pictures are JPEG here."""
    return f"personas/{secrets.token_urlsafe(24)}.jpg"


class Persona(OrganisationOwned):
    """The customer through whose eyes a journey is seen."""

    code = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("in one line"), max_length=160, blank=True)
    picture = models.ImageField(_("picture"), upload_to=picture_name, blank=True)
    demographics = models.TextField(_("demographic features"), max_length=2000, blank=True)
    goals = models.TextField(_("goals"), max_length=2000, blank=True)
    pains = models.TextField(_("pains"), max_length=2000, blank=True)
    channels = models.TextField(_("channels"), max_length=2000, blank=True)
    communication_style = models.TextField(_("communication style"), max_length=2000, blank=True)
    needs = models.TextField(_("needs"), max_length=2000, blank=True)
    behaviour = models.TextField(_("behaviour"), max_length=2000, blank=True)
    preferences = models.TextField(_("preferences"), max_length=2000, blank=True)
    quote = models.CharField(_("quote"), max_length=300, blank=True)
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)
    evidence_date = models.DateField(_("last checked"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Journey(OrganisationOwned):  # type: ignore[django-manager-missing]  # the fence is built at run time
    """One persona's path from the first to the last contact."""

    code = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(_("name"), max_length=160)
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="journeys", verbose_name=_("persona"))
    description = models.TextField(_("what it is about"), max_length=2000, blank=True)
    # Overrides the organisation's industry.
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    # Counts every change of the path or of one of its stations; open boards compare it.
    version = models.PositiveIntegerField(default=1, editable=False)
    # Counts changes of name, persona, description and industry; the edit form compares it, and moves leave it alone.
    details_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


class StationQuerySet(TenantQuerySet["Station"]):
    """Filters of the path."""

    def in_order(self) -> "StationQuerySet":
        """Sort along the path: by phase, inside a phase by position.

        The phase belongs to the touchpoint, so a change in the catalogue moves its stations to where they belong.
        """
        order = models.Case(*(models.When(touchpoint__phase=phase, then=phase.order) for phase in Phase), default=9)
        return self.annotate(phase_order=order).order_by("phase_order", "position", "pk")


class Station(TenantModel):
    """A touchpoint placed on a journey. The same touchpoint may be placed twice."""

    organisation_path: ClassVar[str] = "journey__organisation"

    code = models.UUIDField(default=uuid.uuid4, unique=True)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stations")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="stations")
    # 0, 1, 2 … along the path, over all phases. Read the path with in_order(), which also keeps the phases in order.
    position = models.PositiveIntegerField()
    expectation = models.TextField(_("what the customer expects"), max_length=1000, blank=True)
    reality = models.TextField(_("what really happens"), max_length=1000, blank=True)
    reaction = models.TextField(_("how the customer reacts"), max_length=1000, blank=True)
    # Counts changes of the three answers above; the edit form compares it.
    version = models.PositiveIntegerField(default=1, editable=False)
    # Counts moves of this station; a move compares it, so that an answer typed meanwhile is no conflict.
    place_version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[Any] = TenantModel.manager_for(StationQuerySet)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey", "position"],
                name="station_position_once",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.position + 1}"
