"""The ZIP as a whole: settings and people, catalogue, and what README.txt says about all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, Membership, Organisation
from accounts.queries import departments
from reports.exports.paths import add_journeys, add_personas
from reports.exports.results import add_baselines, add_workshops
from reports.exports.writing import ZipWriter, moment
from touchpoints.csv_exchange.headings import field_title
from touchpoints.csv_exchange.writing import write_csv
from touchpoints.enums import Shelf
from touchpoints.queries import history_table, touchpoints_matching
from workshops.exports.measures import text_table
from workshops.models import Measure

SETTINGS = ("name", "industry", "language", "time_zone", "cut_ok", "cut_delight", "guest_days")


def organisation_zip(member: Membership) -> IO[bytes]:
    """Write the ZIP for ``member``, in the present language, and return its temporary file at its beginning.

    Takes some queries for each workshop. In no transaction: a long one would keep alive what a reveal erases.
    """
    with ExitStack() as on_fault:
        file = on_fault.enter_context(TemporaryFile())
        with ZipFile(file, "w", compression=ZIP_DEFLATED) as opened:
            fill(ZipWriter(opened), member)
        file.seek(0)
        on_fault.pop_all()  # whoever answers with it closes it
    return file


def fill(zipped: ZipWriter, member: Membership) -> None:
    """Add all there is, and at the end what all of it is."""
    add_settings(zipped, member.organisation)
    add_people(zipped)
    add_catalogue(zipped)
    add_personas(zipped)
    add_journeys(zipped)
    add_measures(zipped, member)
    add_workshops(zipped, member)
    add_baselines(zipped, member)
    zipped.add("README.txt", readme(member.organisation, zipped.told))


def add_settings(zipped: ZipWriter, organisation: Organisation) -> None:
    """What is set for the whole organisation."""
    shown = {"language": organisation.get_language_display()}
    rows = [[field_title(Organisation, name), str(shown.get(name, getattr(organisation, name)))] for name in SETTINGS]
    zipped.add_table("organisation.csv", _("The organisation's settings."), rows)


def add_people(zipped: ZipWriter) -> None:
    """Who belongs to the organisation, and to which part of it."""
    kinds = [[row.name, str(row.get_kind_display())] for row in departments()]
    titles = [field_title(Department, "name"), field_title(Department, "kind")]
    zipped.add_table("departments.csv", _("Departments and providers."), [titles, *kinds])
    zipped.add_table("members.csv", _("Members with their roles."), member_rows())


def member_rows() -> Iterator[Sequence[str]]:
    """Members by name. Their logins, invitations and passwords are no part of it."""
    yield [_("Name"), _("E-mail address"), _("Role"), _("Department"), _("Member since")]
    members = Membership.objects.select_related("user", "department")
    for member in sorted(members, key=lambda row: row.user.name.casefold()):
        department = member.department.name if member.department else ""
        yield [member.user.name, member.user.email, member.get_role_display(), department, moment(member.joined_at)]


def add_catalogue(zipped: ZipWriter) -> None:
    """The touchpoints as the catalogue's own export writes them, and what happened to them."""
    zipped.add("touchpoints.csv", write_csv(touchpoints_matching({})))
    zipped.tell(
        "touchpoints.csv",
        _("The catalogue of touchpoints. It can be imported again, here or into another organisation."),
    )
    zipped.add("touchpoints-archive.csv", write_csv(touchpoints_matching({}, Shelf.ARCHIVED)))
    zipped.tell("touchpoints-archive.csv", _("Touchpoints that lie in the archive; can be imported again as well."))
    zipped.add_table("touchpoints-history.csv", _("Who changed what of which touchpoint, and when."), history_table())


def add_measures(zipped: ZipWriter, member: Membership) -> None:
    """All measures, done and dropped ones too."""
    rows = text_table(Measure.objects.all(), member)
    zipped.add_table("measures.csv", _("Measures with the touchpoints that they are about."), rows)


def readme(organisation: Organisation, told: Sequence[tuple[str, str]]) -> str:
    """What each file is, and what is not there and why; with the line ends that every editor shows."""
    made = _("Everything of “%(name)s”, written by Touchpoint-Werkstatt on %(when)s.") % {
        "name": " ".join(organisation.name.split()),
        "when": moment(timezone.now()),
    }
    lines = [made, _("Times are those of the time zone %(zone)s.") % {"zone": organisation.time_zone}, ""]
    lines.append(
        _("Files that end in .csv open in every spreadsheet program, those that end in .json are for other programs.")
    )
    lines.append(
        _("An apostrophe before a cell that begins with =, +, - or @ keeps a spreadsheet from running it as a formula.")
    )
    for name, words in told:
        lines += ["", name, f"    {words}"]
    return "\r\n".join([*lines, "", _("What is not here, and why"), *absences(), ""])


def absences() -> list[str]:
    """What an owner could look for in vain."""
    reasons = (
        _("Anything of a block that is not revealed: nobody sees it before."),
        _(
            "Single answers, figures of fewer than three ratings, and figures of departments with fewer than five: "
            "they leave the tool in no file."
        ),
        _(
            "Names of people in a room, also in blocks with names: guests' names are erased after the days that are "
            "set, and a file outlasts that."
        ),
        _("Finished PDF reports: they can be downloaded or made again under “Reports”."),
        _("Passwords, invitations and mails."),
    )
    return [f"  - {reason}" for reason in reasons]
