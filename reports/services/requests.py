"""Asking for a report. The row is what counts; the message to the workers may get lost."""

import logging
from functools import partial
from threading import Thread
from uuid import UUID

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from reports.models import Report
from workshops.models import Activity, Workshop

BUS_PATIENCE = 0.4
"""Seconds that a request waits for the bus; then the sweeper takes over."""
logger = logging.getLogger(__name__)


@transaction.atomic
def request_report(*, workshop: Workshop, language: str, key: UUID, by: Membership) -> Report:
    """Store that ``by`` wants a report, and tell the workers once it is committed; asking twice finds the first one."""
    if not Activity.objects.filter(workshop=workshop).revealed().exists():
        raise ValidationError(_("There is nothing to report yet: reveal a block first."), code="nothing_revealed")
    report, created = Report.objects.get_or_create(
        organisation_id=workshop.organisation_id,
        workshop=workshop,
        language=language,
        key=key,
        defaults={"requested_by": by},
    )
    if created:
        report.full_clean(validate_unique=False, validate_constraints=False)
        tell_workers_on_commit(report)
    return report


def tell_workers_on_commit(report: Report) -> None:
    """Send the job to the workers as soon as they can see it."""
    transaction.on_commit(partial(tell_workers, organisation_id=report.organisation_id, report_id=report.pk))


def tell_workers(*, organisation_id: int, report_id: int) -> None:
    """Send a job to the workers. Waits for the bus a moment only: without it the sweeper starts the job later."""
    ids = {"organisation_id": organisation_id, "report_id": report_id}
    sender = Thread(target=_send, args=(ids,), name="report-message", daemon=True)
    sender.start()
    sender.join(BUS_PATIENCE)


def _send(ids: dict[str, int]) -> None:
    """Over a connection of its own, since a pooled one may be left over from before the bus went away."""
    try:
        with current_app.connection_for_write() as connection:
            connection.transport_options = {"socket_connect_timeout": BUS_PATIENCE, "max_retries": 0}
            current_app.send_task(
                "reports.tasks.make_report", kwargs=ids, queue="reports", retry=False, connection=connection
            )
    except Exception as error:
        # Whatever the bus answers, or does not: the row is stored, and the sweeper looks at rows.
        logger.warning("The bus took no message: %s", type(error).__name__)
