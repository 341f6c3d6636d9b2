"""Looking after the jobs: sends lost messages again, finds what dead workers left, and deletes what has expired."""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Organisation
from accounts.tenancy import member_scope
from reports.models import PATIENCE, Report, claimable
from reports.services.claims import remove_files
from reports.services.requests import tell_workers


def sweep() -> None:
    """Go through the organisations that have something to do; usually there is none, which costs one query."""
    overlooked = claimable("reports__") & Q(reports__queued_at__lt=Now() - PATIENCE)
    expired = Q(reports__state=Report.State.DONE, reports__expires_at__lt=Now())
    for organisation in Organisation.objects.filter(overlooked | expired).distinct():
        with member_scope(organisation):
            send_again(organisation)
            expire_reports()


def send_again(organisation: Organisation) -> None:
    """Tell the workers of jobs whose message seems lost. Two sweepers at once send each message once."""
    with transaction.atomic():
        lost = list(Report.objects.overlooked().select_for_update(skip_locked=True).values_list("pk", flat=True))
        Report.objects.filter(pk__in=lost).update(queued_at=Now())
    for report_id in lost:
        tell_workers(organisation_id=organisation.pk, report_id=report_id)


def expire_reports() -> None:
    """Delete the files whose time is over; the rows stay and say so."""
    for report in Report.objects.expired():
        Report.objects.filter(pk=report.pk).update(state=Report.State.EXPIRED, file="")
        remove_files(report.organisation_id, report.code)
