"""Workshops with their agendas, and results and recorded Ist-Stände as the documents of docs/result-json.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Membership
from reports.exports.writing import ZipWriter, moment
from touchpoints.csv_exchange.headings import field_title
from workshops.exports import baseline_export, readable, result_json, workshop_export
from workshops.models import Activity, Baseline, Workshop

Blocks = Mapping[int, Sequence[Activity]]


def add_workshops(zipped: ZipWriter, member: Membership) -> None:
    """One row for each workshop, one for each block, and a document for each result, also for earlier rounds."""
    related = ("organisation", "cycle__journey__persona")
    workshops = list(Workshop.objects.select_related(*related).order_by("created_at", "pk"))
    blocks: dict[int, list[Activity]] = defaultdict(list)
    for block in Activity.objects.in_order():
        blocks[block.workshop_id].append(block)
    files = {
        workshop.pk: add_results(zipped, number, workshop, blocks[workshop.pk], member)
        for number, workshop in enumerate(workshops, start=1)
    }
    zipped.add_table("workshops.csv", _("Workshops, with the file of their result."), workshop_rows(workshops, files))
    zipped.add_table("blocks.csv", _("The agendas of all workshops."), block_rows(workshops, blocks))
    zipped.tell(
        "workshops/",
        _("The results of revealed blocks. docs/result-json.md of Touchpoint-Werkstatt describes every key."),
    )


def add_results(
    zipped: ZipWriter, number: int, workshop: Workshop, blocks: Sequence[Activity], member: Membership
) -> str:
    """Add the result as it is, and as it was after each earlier round; return the first file's name, or nothing."""
    revealed = [block.round for block in blocks if block.is_revealed]
    if not revealed:
        return ""
    name = f"workshops/{number:03} {readable(workshop.title)[:60]}"
    zipped.add(f"{name}.json", result_json(workshop_export(workshop, member)))
    for earlier in range(1, max(revealed)):
        words = readable(_("Result after round %(number)d") % {"number": earlier})
        zipped.add(f"{name} - {words}.json", result_json(workshop_export(workshop, member, last_round=earlier)))
    return f"{name}.json"


def workshop_rows(workshops: Sequence[Workshop], files: Mapping[int, str]) -> Iterator[Sequence[str]]:
    """Workshops in the order in which they were made."""
    yield [
        pgettext("workshop", "No."),
        field_title(Workshop, "title"),
        _("Journey"),
        pgettext("number", "Cycle"),
        field_title(Workshop, "planned_for"),
        _("State"),
        pgettext("when", "Closed"),
        _("Result"),
    ]
    for number, row in enumerate(workshops, start=1):
        journey, cycle, when = row.cycle.journey.name, str(row.cycle.number), moment(row.planned_for)
        state, closed = row.get_state_display(), moment(row.closed_at)
        yield [str(number), row.title, journey, cycle, when, state, closed, files[row.pk]]


def block_rows(workshops: Sequence[Workshop], blocks: Blocks) -> Iterator[Sequence[str]]:
    """Agendas, one after the other. How many rated stands in the results, where it may."""
    asked = [field_title(Activity, name) for name in ("is_named", "minutes")]
    titles = [pgettext("workshop", "No."), field_title(Workshop, "title"), _("Block"), _("Kind of rating"), *asked]
    yield [*titles, _("State"), pgettext("when", "Revealed")]
    for number, workshop in enumerate(workshops, start=1):
        for row in blocks[workshop.pk]:
            named = pgettext("answer", "yes") if row.is_named else pgettext("answer", "no")
            kind, state = row.get_mode_display(), row.get_state_display()
            planned = [row.name, kind, named, str(row.minutes)]
            yield [str(number), workshop.title, *planned, state, moment(row.revealed_at)]


def add_baselines(zipped: ZipWriter, member: Membership) -> None:
    """A document for each recorded Ist-Stand, the oldest first."""
    found = Baseline.objects.select_related("workshop__organisation", "workshop__cycle").order_by("frozen_at", "pk")
    for number, baseline in enumerate(found.iterator(chunk_size=20), start=1):
        export = baseline_export(baseline, member)
        name = f"baselines/{number:03} {readable(export.journey)[:60]} {moment(export.frozen_at)[:10]}.json"
        zipped.add(name, result_json(export))
    zipped.tell("baselines/", _("What was recorded as Ist-Stand, as it was then; the same kind of document."))
