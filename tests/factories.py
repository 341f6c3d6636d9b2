"""One factory per model, without surprises. They write outside any scope, as the database itself would."""

import factory
from django.utils import timezone
from django_scopes import scopes_disabled
from factory.django import DjangoModelFactory

from accounts.enums import Role
from accounts.models import Department, Membership, Organisation, User
from journeys.models import Journey, Persona, Station
from reports.models import Report
from touchpoints.enums import Phase
from touchpoints.models import Touchpoint
from workshops.enums import ActivityState, MeasureKind
from workshops.models import (
    Activity,
    ActivityStation,
    Ballot,
    Cycle,
    Measure,
    MeasureTouchpoint,
    Participant,
    Participation,
    StationTally,
    Workshop,
)

PASSWORD = "a long enough passphrase"


class UnscopedFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with scopes_disabled():
            return model_class._base_manager.create(*args, **kwargs)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(password=PASSWORD, **kwargs)


class OrganisationFactory(UnscopedFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.Sequence(lambda n: f"organisation-{n}")


class DepartmentFactory(UnscopedFactory):
    class Meta:
        model = Department

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Department {n}")


class MembershipFactory(UnscopedFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.EMPLOYEE


class TouchpointFactory(UnscopedFactory):
    class Meta:
        model = Touchpoint

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Touchpoint {n}")
    phase = Phase.PRESALES
    position = factory.Sequence(lambda n: n)


class PersonaFactory(UnscopedFactory):
    class Meta:
        model = Persona

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Persona {n}")


class JourneyFactory(UnscopedFactory):
    class Meta:
        model = Journey

    organisation = factory.SubFactory(OrganisationFactory)
    persona = factory.SubFactory(PersonaFactory, organisation=factory.SelfAttribute("..organisation"))
    name = factory.Sequence(lambda n: f"Journey {n}")


class StationFactory(UnscopedFactory):
    class Meta:
        model = Station

    journey = factory.SubFactory(JourneyFactory)
    touchpoint = factory.SubFactory(TouchpointFactory, organisation=factory.SelfAttribute("..journey.organisation"))
    position = factory.Sequence(lambda n: n)


class CycleFactory(UnscopedFactory):
    class Meta:
        model = Cycle

    journey = factory.SubFactory(JourneyFactory)


class WorkshopFactory(UnscopedFactory):
    class Meta:
        model = Workshop

    organisation = factory.SubFactory(OrganisationFactory)
    cycle = factory.SubFactory(CycleFactory, journey__organisation=factory.SelfAttribute("...organisation"))
    title = factory.Sequence(lambda n: f"Workshop {n}")


class ActivityFactory(UnscopedFactory):
    class Meta:
        model = Activity

    workshop = factory.SubFactory(WorkshopFactory)
    title = factory.Sequence(lambda n: f"Block {n}")

    class Params:
        running = factory.Trait(state=ActivityState.OPEN, opened_at=factory.LazyFunction(timezone.now))
        revealed = factory.Trait(
            state=ActivityState.REVEALED,
            opened_at=factory.LazyFunction(timezone.now),
            revealed_at=factory.LazyFunction(timezone.now),
        )


class ActivityStationFactory(UnscopedFactory):
    class Meta:
        model = ActivityStation

    activity = factory.SubFactory(ActivityFactory)
    position = factory.Sequence(lambda n: n)
    name = factory.Sequence(lambda n: f"Station {n}")
    phase = Phase.PRESALES


class ParticipantFactory(UnscopedFactory):
    class Meta:
        model = Participant

    workshop = factory.SubFactory(WorkshopFactory)
    name = factory.Sequence(lambda n: f"Guest {n}")


class ParticipationFactory(UnscopedFactory):
    class Meta:
        model = Participation

    activity = factory.SubFactory(ActivityFactory)
    participant = factory.SubFactory(ParticipantFactory, workshop=factory.SelfAttribute("..activity.workshop"))


class BallotFactory(UnscopedFactory):
    class Meta:
        model = Ballot

    activity = factory.SubFactory(ActivityFactory)


class StationTallyFactory(UnscopedFactory):
    class Meta:
        model = StationTally

    station = factory.SubFactory(ActivityStationFactory)


class MeasureFactory(UnscopedFactory):
    class Meta:
        model = Measure

    organisation = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"Measure {n}")
    kind = MeasureKind.REMOVE


class MeasureTouchpointFactory(UnscopedFactory):
    class Meta:
        model = MeasureTouchpoint

    measure = factory.SubFactory(MeasureFactory)
    touchpoint = factory.SubFactory(TouchpointFactory, organisation=factory.SelfAttribute("..measure.organisation"))


class ReportFactory(UnscopedFactory):
    class Meta:
        model = Report

    workshop = factory.SubFactory(WorkshopFactory)
    organisation = factory.SelfAttribute("workshop.organisation")
    language = "de"
