"""One of everything in an organisation: for tests that visit every address."""

import secrets
import uuid
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from accounts.services.members import create_invitation
from accounts.services.organisations import create_setup_link
from accounts.tenancy import member_scope
from reports.models import Report
from tests.factories import (
    CycleFactory,
    DepartmentFactory,
    JourneyFactory,
    MeasureFactory,
    MeasureTouchpointFactory,
    ReportFactory,
    StationFactory,
    WorkshopFactory,
)
from touchpoints.models import TouchpointImport
from workshops import services
from workshops.models import ActivityStation


def build_world(people):
    """Return one of everything in the organisation of ``people``, and a guest in its running workshop."""
    olga, mara, emil = people["olga"], people["mara"], people["emil"]
    organisation = olga.organisation
    journey = JourneyFactory(organisation=organisation)
    journey.persona.picture.save("a.png", ContentFile(b"\x89PNG"), save=True)
    path = [StationFactory(journey=journey, position=n) for n in range(2)]
    measure = MeasureFactory(organisation=organisation, responsible=emil)
    MeasureTouchpointFactory(measure=measure, touchpoint=path[0].touchpoint)
    with member_scope(organisation):
        _invited, link = create_invitation(email="x@example.org", role="employee", department=None, by=olga)
        running = WorkshopFactory(organisation=organisation, cycle=CycleFactory(journey=journey))
        activity = plan(running, path, mara)
        planned = plan(running, path, mara)
        token = secrets.token_urlsafe(24)
        guest = services.join_workshop(workshop=running, name="Gast", token=token)
        services.open_activity(activity=activity, by=mara)
        table = services.create_table(
            activity=activity, name="Fenster", heads=4, department=None, answers={}, code=uuid.uuid4(), by=mara
        )
        closed = WorkshopFactory(organisation=organisation, cycle=CycleFactory(journey=journey, number=2))
        done = plan(closed, path, mara)
        services.open_activity(activity=done, by=mara)
        services.reveal_activity(activity=done, by=mara)
        baseline = services.freeze_ist(workshop=closed, by=mara)
        rated = ActivityStation.objects.filter(activity=activity).first()
        upload = TouchpointImport.objects.create(
            organisation=organisation, created_by=mara, file_name="a.csv", content=b"name,phase\nA,PS\n"
        )
        report = ReportFactory(workshop=closed, state=Report.State.DONE, finished_at=timezone.now(), file="x")
        report.file.save("x.pdf", ContentFile(b"%PDF-1.7"), save=True)
        invitation = Invitation.objects.get()
        department = DepartmentFactory(organisation=organisation)
    return SimpleNamespace(
        organisation=organisation, journey=journey, running=running, activity=activity, planned=planned, guest=guest,
        token=token, closed=closed, baseline=baseline, rated=rated, upload=upload, report=report, station=path[0],
        twin=path[1].touchpoint, table=table, invitation=invitation, department=department, emil=emil, link=link,
        people=people, measure=measure,
    )  # fmt: skip


def plan(workshop, path, by):
    return services.plan_activity(
        workshop=workshop, title="Block", stations=path, is_named=False, asks_reason=True, minutes=10, by=by
    )


def address(name, needs, world):
    """Return the address called ``name``; ``needs`` says which rows of this world it names."""
    kwargs = {}
    for need in needs.split():
        kwargs.update(
            {
                "org": lambda: {"org": world.organisation.slug},
                "setup": lambda: {"token": create_setup_link().rstrip("/").rsplit("/", 1)[1]},
                "invitation_token": lambda: {"token": world.link.rstrip("/").rsplit("/", 1)[1]},
                "member": lambda: {"code": world.emil.code},
                "invitation": lambda: {"code": world.invitation.code},
                "department": lambda: {"code": world.department.code},
                "touchpoint": lambda: {"code": world.station.touchpoint.code},
                "twin": lambda: {"other": world.twin.code},
                "upload": lambda: {"code": world.upload.code},
                "persona": lambda: {"code": world.journey.persona.code},
                "journey": lambda: {"code": world.journey.code},
                "station": lambda: {"station": world.station.code},
                "workshop": lambda: {"code": world.running.code},
                "closed": lambda: {"code": world.closed.code},
                "planned": lambda: {"code": world.planned.code},
                "running": lambda: {"code": world.activity.code},
                "table": lambda: {"table": world.table.code},
                "participant": lambda: {"code": world.guest.code},
                "baseline": lambda: {"code": world.baseline.code},
                "measure": lambda: {"code": world.measure.code},
                "report": lambda: {"code": world.report.code},
                "code": lambda: {"code": world.running.join_code},
                "rated": lambda: {"station": world.rated.code},
            }[need]()
        )
    return reverse(name, kwargs=kwargs)
