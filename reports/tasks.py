"""Background work of the reports app. Tasks take ids, open the scope and call a service.

Their queues stand in settings.CELERY_TASK_ROUTES.
"""

from typing import Any

from celery import shared_task
from celery.signals import celeryd_after_setup, worker_ready

from accounts.tenancy import member_scope
from reports import services


@shared_task
def make_report(*, organisation_id: int, report_id: int) -> None:
    """Make one report; does nothing when somebody else makes it or it is finished."""
    with member_scope(organisation_id):
        services.make_report(report_id)


@shared_task
def sweep_reports() -> None:
    """Look after jobs that lost their message or their worker. Runs every few seconds and when a worker starts."""
    services.sweep()


@worker_ready.connect
def sweep_at_start(**kwargs: Any) -> None:
    """Find at once what the last worker may have left."""
    sweep_reports.apply_async(expires=60)


@celeryd_after_setup.connect
def warm_up(sender: str, instance: Any, **kwargs: Any) -> None:
    """Load type setting, fonts and templates before the pool forks, so that every child has them from the start.

    In the children themselves it could take longer than Celery waits for a child to come up.
    """
    if "reports" not in instance.app.amqp.queues.consume_from:
        return
    try:
        from reports import pdf  # noqa: PLC0415 - its import raises OSError where Pango is missing
    except OSError:
        return  # each report then says so
    pdf.warm_up()
