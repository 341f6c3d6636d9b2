"""What the manager takes along: report jobs and their files."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Language
from accounts.models import Membership
from accounts.tenancy import OrganisationOwned, TenantQuerySet
from workshops.models import Workshop

STALE_AFTER = timedelta(seconds=15)
"""A worker that gave no sign for so long is gone; its job may be claimed by another."""
PATIENCE = timedelta(seconds=10)
"""How long a message that was sent to the workers may take until it is sent again."""


class ReportQuerySet(TenantQuerySet["Report"]):
    """Filters of the jobs. Times are the database's, so that clocks of several machines do not matter."""

    def claimable(self) -> "ReportQuerySet":
        """Jobs that a worker may take: waiting, or left by a worker that is gone."""
        return self.filter(claimable())

    def overlooked(self) -> "ReportQuerySet":
        """Jobs that a worker could take and whose message is old enough to be lost."""
        return self.filter(claimable(), queued_at__lt=Now() - PATIENCE)

    def expired(self) -> "ReportQuerySet":
        """Finished reports whose time is over."""
        return self.filter(state=Report.State.DONE, expires_at__lt=Now())

    def newest_first(self) -> "ReportQuerySet":
        """Sort as in the list."""
        return self.order_by("-requested_at", "-pk")


def claimable(path: str = "") -> models.Q:
    """The condition of ``ReportQuerySet.claimable``, also for a model that leads here by ``path``."""
    waiting = {f"{path}state": Report.State.QUEUED}
    left = {f"{path}state": Report.State.RUNNING, f"{path}heartbeat_at__lt": Now() - STALE_AFTER}
    return models.Q(**waiting) | models.Q(**left)


class Report(OrganisationOwned):
    """A PDF that was asked for. The row is the job: a worker claims it, shows that it lives and finishes it once."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("report", "waiting")
        RUNNING = "running", pgettext_lazy("report", "being made")
        DONE = "done", pgettext_lazy("report", "ready")
        FAILED = "failed", pgettext_lazy("report", "not made")
        EXPIRED = "expired", pgettext_lazy("report", "deleted")

    class Step(models.TextChoices):
        """What a worker is doing; shown while one waits."""

        READING = "reading", _("Reading the figures")
        DRAWING = "drawing", _("Drawing curve and tables")
        WRITING = "writing", _("Laying out the pages")

    class Error(models.TextChoices):
        """Why there is no file, as whole sentences."""

        NOTHING_REVEALED = (
            "nothing_revealed",
            _("No block of this workshop has been revealed, so there is nothing to report yet."),
        )
        NO_PANGO = (
            "no_pango",
            _("This server lacks Pango, the system library that sets type in PDF files. Its operator can install it."),
        )
        GAVE_UP = (
            "gave_up",
            _("The report was begun five times and broken off each time. The server probably lacks memory."),
        )
        UNEXPECTED = (
            "unexpected",
            _("Something went wrong that we did not foresee. The server's log says where; nothing is lost."),
        )

    # Named, because the sweeper asks which organisations have something to do.
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="reports")
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="reports")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    # The form's idempotency key: a double click asks once.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED, editable=False)
    # When a message was last sent to the workers.
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    # Number of the claim; a worker that lost its claim can no longer finish the job.
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    step = models.CharField(max_length=20, choices=Step, blank=True, editable=False)
    error = models.CharField(max_length=40, choices=Error, blank=True, editable=False)
    file = models.FileField(upload_to="reports/", blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = OrganisationOwned.manager_for(ReportQuerySet)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["state"], condition=models.Q(state__in=["queued", "running", "done"]), name="report_to_sweep"
            ),
            models.Index(fields=["organisation", "-requested_at"], name="report_newest_first"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="done") | (models.Q(finished_at__isnull=False) & ~models.Q(file="")),
                name="report_done_has_file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(error=""), name="report_failed_says_why"
            ),
            # One form, one choice, one report; the key belongs to the organisation, so that nobody can take it away.
            models.UniqueConstraint(fields=["organisation", "key", "workshop", "language"], name="report_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.workshop} ({self.language})"

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for it."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def is_failed(self) -> bool:
        return self.state == self.State.FAILED

    @property
    def steps_done(self) -> int:
        """How far it is, from 0 to one less than the whole, for the progress bar: begun counts as one."""
        names = [choice.value for choice in self.Step]
        return names.index(self.step) + 1 if self.step in names else 0
