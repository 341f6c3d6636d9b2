"""What the manager takes along: report jobs and their files."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.models import Membership
from accounts.tenancy import OrganisationOwned
from workshops.models import Workshop


class Report(OrganisationOwned):
    """A PDF that was asked for. The row is the job: a worker claims it, shows that it lives and finishes it once."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="reports")
    language = models.CharField(max_length=2, choices=Language)
    # The form's idempotency key: a double click asks once.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED, editable=False)
    # Number of the claim; a worker that lost its claim can no longer finish the job.
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    step = models.CharField(max_length=20, blank=True, editable=False)
    # Why it failed, as a code that the page turns into a sentence.
    error = models.CharField(max_length=40, blank=True, editable=False)
    file = models.FileField(upload_to="reports/", blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="done") | (models.Q(finished_at__isnull=False) & ~models.Q(file="")),
                name="report_done_has_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.workshop} ({self.language})"
