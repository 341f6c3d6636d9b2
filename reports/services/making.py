"""Making a report: from the claimed row to the finished file, or to the reason why there is none."""

import logging

from django.db import InterfaceError, OperationalError

from reports.models import Report
from reports.queries import NothingRevealedError, report_content
from reports.services.claims import Claim, claim_report, fail_report, finish_report, heartbeat, note_step

logger = logging.getLogger(__name__)


def make_report(report_id: int) -> None:
    """Make the report's file if nobody else does. Safe to call twice, and at any moment to be killed in."""
    claim = claim_report(report_id)
    if claim is None:
        return
    with heartbeat(claim):
        try:
            finish_report(claim, write_report(claim))
        except NothingRevealedError:
            fail_report(claim, Report.Error.NOTHING_REVEALED)
        except (OperationalError, InterfaceError):
            # The database went away: nothing can be written now, and the sweeper finds the job again.
            logger.warning("The database went away while a report was made")
        except MissingPangoError:
            logger.error("Pango is missing on this machine, so there are no PDF files")
            fail_report(claim, Report.Error.NO_PANGO)
        except Exception:
            logger.exception("A report could not be made")
            fail_report(claim, Report.Error.UNEXPECTED)


class MissingPangoError(Exception):
    """WeasyPrint cannot be imported because a system library is missing."""


def write_report(claim: Claim) -> bytes:
    """Return the PDF of a claimed report."""
    report = Report.objects.select_related("organisation", "workshop__cycle__journey__persona").get(pk=claim.report_id)
    content = report_content(report.workshop, language=report.language, asked_at=report.requested_at)
    note_step(claim, Report.Step.DRAWING)
    try:
        from reports import pdf  # noqa: PLC0415 - its import raises OSError where Pango is missing
    except OSError as error:
        raise MissingPangoError from error
    html = pdf.report_html(content)
    note_step(claim, Report.Step.WRITING)
    return pdf.write_pdf(html)
