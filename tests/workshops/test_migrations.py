"""What the migrations make of rows that an older version wrote, and what they leave of them.

A schema beside the test's own grows from nothing, so that the way back is never needed; all of it in one transaction.
"""

import pytest
from django.apps import apps as current_apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import Organisation
from accounts.tenancy import member_scope
from workshops import queries

pytestmark = pytest.mark.django_db

BEFORE = "0004_answers_in_ballots"
MOVED = "0005_move_ratings"
REMOVED = "0006_remove_rating"
UNMEASURED = "0007_ballots_without_statistics"
WITHOUT_PROVIDERS = "0012_reminders"
WITH_PROVIDERS = "0013_stations_run_by_providers"
DRAWERS = (0, 10, 10, None)  # of the four ballots of each block, at both of its stations


@pytest.fixture
def old(db):
    """The applications as they were when ratings were rows, on an empty schema; the transaction ends it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA older_version")
        cursor.execute("SET LOCAL search_path TO older_version")
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # rows that wait for their check keep a table from being altered
    yield migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO DEFAULT")


def migrate(*names):
    """Bring the workshops' tables to a migration, or everything to the newest, and return the applications there."""
    executor = MigrationExecutor(connection)
    executor.loader.build_graph()
    targets = [("workshops", name) for name in names] or executor.loader.graph.leaf_nodes()
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def make(apps, label, **values):
    return apps.get_model(label)._base_manager.create(**values)


def block(apps, state, **more):
    """A workshop with a block of two stations, four ballots, and a rating of each at each station."""
    organisation, _new = apps.get_model("accounts.Organisation")._base_manager.get_or_create(name="Alt", slug="alt")
    persona = make(apps, "journeys.Persona", organisation=organisation, name="Anna")
    journey = make(apps, "journeys.Journey", organisation=organisation, persona=persona, name="Weg")
    workshop = make(
        apps, "workshops.Workshop", organisation=organisation, title=state, join_code=f"{journey.pk:06}",
        cycle=make(apps, "workshops.Cycle", journey=journey),
    )  # fmt: skip
    now = timezone.now()
    revealed = {"revealed_at": now, "vacuumed_at": now, "raters": 4} if state == "revealed" else {}
    activity = make(apps, "workshops.Activity", workshop=workshop, title=state, state=state, **revealed, **more)
    stations = [
        make(apps, "workshops.ActivityStation", activity=activity, position=n, name=f"Station {n}", phase="PS")
        for n in range(2)
    ]
    for number, drawer in enumerate(DRAWERS):
        ballot = make(apps, "workshops.Ballot", activity=activity, secret_hash=f"{activity.pk}-{number}")
        for station, reason in zip(stations, (f"Grund {number}", ""), strict=True):
            make(
                apps, "workshops.Rating", ballot=ballot, station=station, drawer=drawer,
                cannot_judge=drawer is None, reason=reason,
            )  # fmt: skip
    return activity, stations


def ballots(apps, activity):
    return list(
        apps.get_model("workshops.Ballot")._base_manager.filter(activity_id=activity.pk).order_by("secret_hash")
    )


def tallies(apps, activity):
    rows = apps.get_model("workshops.StationTally")._base_manager.filter(station__activity_id=activity.pk)
    return list(rows.order_by("station_id"))


def expected_answers(stations):
    """What the four ballots of a block hold afterwards."""
    return [
        {
            str(station.pk): {"drawer": drawer, "cannot_judge": drawer is None, "reason": reason}
            for station, reason in zip(stations, (f"Grund {number}", ""), strict=True)
        }
        for number, drawer in enumerate(DRAWERS)
    ]


def test_ratings_of_a_revealed_block_become_tallies_and_its_ballots_go(old):
    activity, (first, second) = block(old, "revealed")

    new = migrate(MOVED)

    here, there = tallies(new, activity)
    assert [here.station_id, there.station_id] == [first.pk, second.pk]
    for row in (here, there):
        assert (row.rater_group, row.disappointing, row.fine, row.delighting, row.unable) == ("employee", 1, 0, 2, 1)
    # what was written beside “cannot judge” is not kept
    reasons = sorted(here.reasons, key=lambda reason: reason["text"])
    assert reasons == [
        {"text": "Grund 0", "drawer": 0},
        {"text": "Grund 1", "drawer": 10},
        {"text": "Grund 2", "drawer": 10},
    ]
    assert there.reasons == []
    assert ballots(new, activity) == []
    assert new.get_model("workshops.Rating")._base_manager.count() == 0
    # the sweeper comes again for the rows that just went
    assert new.get_model("workshops.Activity")._base_manager.get(pk=activity.pk).vacuumed_at is None


def test_ratings_of_a_running_block_become_answers_of_their_ballots(old):
    activity, stations = block(old, "open")

    new = migrate(MOVED)

    assert [ballot.answers for ballot in ballots(new, activity)] == expected_answers(stations)
    assert [ballot.secret_hash for ballot in ballots(new, activity)] == [f"{activity.pk}-{n}" for n in range(4)]
    assert tallies(new, activity) == []


def test_a_revealed_block_with_names_keeps_its_ballots_beside_the_tallies(old):
    activity, stations = block(old, "revealed", is_named=True)

    new = migrate(MOVED)

    assert [ballot.answers for ballot in ballots(new, activity)] == expected_answers(stations)
    assert [(row.disappointing, row.delighting, row.unable) for row in tallies(new, activity)] == [(1, 2, 1)] * 2


def test_the_table_of_ratings_is_gone(old):
    block(old, "revealed")

    migrate(REMOVED)

    assert "workshops_rating" not in connection.introspection.table_names()


def measured(table):
    """The columns of which the planner keeps copies of values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_stats WHERE schemaname = 'older_version' AND tablename = %s ORDER BY 1", [table]
        )
        return [row[0] for row in cursor.fetchall()]


def measure():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workshops_ballot, workshops_participation")


def test_the_planner_keeps_no_copies_of_answers(old):
    activity, _stations = block(old, "open")
    person = make(old, "workshops.Participant", workshop_id=activity.workshop_id, name="Ada")
    make(old, "workshops.Participation", activity=activity, participant=person)
    migrate(REMOVED)
    measure()
    assert measured("workshops_ballot") == [
        "activity_id", "answers", "id", "participant_id", "rater_group", "secret_hash",
    ]  # fmt: skip
    assert measured("workshops_participation") == ["activity_id", "finished", "id", "participant_id"]

    new = migrate(UNMEASURED)

    before = measured("workshops_ballot"), measured("workshops_participation")
    measure()
    assert before == (["activity_id", "rater_group"], ["activity_id", "id"])
    assert (measured("workshops_ballot"), measured("workshops_participation")) == before
    assert len(ballots(new, activity)) == 4


def rated_stations(apps, *departments):
    """An organisation with these departments (name, kind), and what returns a rated station of one of them."""
    organisation = make(apps, "accounts.Organisation", name="Alt", slug=f"alt-{len(departments)}")
    known = {
        name: make(apps, "accounts.Department", organisation=organisation, name=name, kind=kind)
        for name, kind in departments
    }
    persona = make(apps, "journeys.Persona", organisation=organisation, name="Anna")
    journey = make(apps, "journeys.Journey", organisation=organisation, persona=persona, name="Weg")
    workshop = make(
        apps, "workshops.Workshop", organisation=organisation, title="Ist", join_code=f"{journey.pk:06}",
        cycle=make(apps, "workshops.Cycle", journey=journey),
    )  # fmt: skip
    activity = make(apps, "workshops.Activity", workshop=workshop, title="Block")

    def station(position, copied, department=None, *, left=False):
        """Its block copied the department ``copied``; its touchpoint is ``department``'s now, unless it has left."""
        touchpoint = make(
            apps, "touchpoints.Touchpoint", organisation=organisation, name=f"T{position}", phase="PS",
            position=position, department=known.get(department),
        )  # fmt: skip
        placed = None if left else make(
            apps, "journeys.Station", journey=journey, touchpoint=touchpoint, position=position
        )  # fmt: skip
        make(
            apps, "workshops.ActivityStation", activity=activity, station=placed, position=position,
            name=f"Station {position}", phase="PS", department_name=copied,
        )  # fmt: skip

    return activity, station


def test_rated_stations_learn_whether_a_provider_ran_them(old):
    before = migrate(WITHOUT_PROVIDERS)
    activity, station = rated_stations(
        before, ("Vertrieb", "department"), ("Callcenter", "provider"), ("Callcenter Süd", "provider")
    )
    other, elsewhere = rated_stations(before, ("Vertrieb", "provider"), ("Montage", "department"))
    station(0, "Vertrieb", "Vertrieb")
    station(1, "Callcenter", "Callcenter")
    station(2, "Callcenter", "Vertrieb")  # its touchpoint has moved to another department since
    station(3, "Callcenter Nord", "Callcenter Süd")  # renamed since
    station(4, "Callcenter", left=True)
    station(5, "Aufgelöst")
    station(6, "", "Callcenter")  # nobody looked after it when it was rated
    elsewhere(0, "Vertrieb", "Montage")  # another organisation's

    after = migrate(WITH_PROVIDERS)

    rows = after.get_model("workshops.ActivityStation")._base_manager.order_by("position")
    assert [row.by_provider for row in rows.filter(activity_id=activity.pk)] == [
        False, True, True, True, True, None, None,
    ]  # fmt: skip
    assert [row.by_provider for row in rows.filter(activity_id=other.pk)] == [True]


def test_an_old_result_is_read_by_the_newest_version(old):
    activity, _stations = block(old, "revealed")

    migrate()

    with member_scope(Organisation.objects.get(slug="alt")):
        newest = current_apps.get_model("workshops.Activity").objects.get(pk=activity.pk)
        figures = queries.activity_result(newest).figures
    assert [(row.n, row.cannot_judge, row.counts) for row in figures.stations] == [(3, 1, (1, 0, 2))] * 2
