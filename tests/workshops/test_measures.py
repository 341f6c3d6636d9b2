"""Measures below the pages: what services keep, what follows touchpoints, departments and people."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.services.departments import merge_department, remove_department
from accounts.services.edits import StaleEdit
from accounts.services.members import member_export, remove_member
from accounts.services.organisations import remove_organisation
from accounts.tenancy import member_scope
from tests.factories import DepartmentFactory, MeasureFactory, MeasureTouchpointFactory, TouchpointFactory
from tests.locks import meeting
from touchpoints.models import Touchpoint, TouchpointChange
from touchpoints.services import TouchpointInUse, archive_touchpoint, remove_touchpoint
from touchpoints.services.merging import merge_touchpoints
from workshops import services
from workshops.enums import MeasureStatus
from workshops.models import Measure, MeasureTouchpoint
from workshops.permissions import can_edit_measures, can_export_measures, can_set_measure_status
from workshops.queries.measures import (
    PAGE_SIZE,
    measure_list,
    measures_at,
    open_measures,
    plan_counts,
    row_of,
    with_names,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 28)
PLAIN = {
    "kind": "remove", "responsible": None, "department": None, "starts_on": None, "due_on": None, "budget": None,
    "wanted_result": "", "measured_by": "", "effort": None, "impact": None, "status": "planned", "done_on": None,
}  # fmt: skip


@pytest.fixture
def touchpoints(organisation):
    return [TouchpointFactory(organisation=organisation, name=name) for name in ("Hotline", "Rechnung", "Lieferung")]


def plan(mara, *touchpoints, title="Rückruf in zwei Stunden", **fields):
    return services.create_measure(
        code=uuid.uuid4(), touchpoints=touchpoints, by=mara, **{**PLAIN, "title": title, **fields}
    )


def update(measure, mara, *touchpoints, version=None, **fields):
    values = {name: getattr(measure, name) for name in (*PLAIN, "title")}
    return services.update_measure(
        measure=measure, version=version or measure.version, touchpoints=touchpoints, by=mara, **{**values, **fields}
    )


def names(measure):
    return sorted(measure.touchpoints.values_list("name", flat=True))


# ---- plan, change, set, remove ---------------------------------------------------------------------------------------


def test_measure_is_planned_once_and_is_about_its_touchpoints(in_scope, mara, touchpoints):
    code = uuid.uuid4()
    fields = {
        **PLAIN,
        "title": "  Rückruf\n in zwei Stunden ",
        "code": code,
        "touchpoints": touchpoints[:2],
        "by": mara,
    }

    first, second = services.create_measure(**fields), services.create_measure(**fields)

    assert first == second
    assert first.title == "Rückruf in zwei Stunden"
    assert names(first) == ["Hotline", "Rechnung"]
    assert (Measure.objects.count(), MeasureTouchpoint.objects.count()) == (1, 2)


def test_title_that_shows_nothing_is_refused(in_scope, mara, touchpoints):
    with pytest.raises(ValidationError) as refused:
        plan(mara, touchpoints[0], title="\u200b")

    assert list(refused.value.message_dict) == ["title"]


def test_measure_planned_as_done_has_a_day(in_scope, mara, touchpoints):
    assert plan(mara, touchpoints[0], status="done").done_on == timezone.localdate()


def test_update_changes_fields_and_touchpoints_and_counts_the_version(in_scope, mara, emil, touchpoints):
    measure = plan(mara, *touchpoints[:2])

    changed = update(measure, mara, *touchpoints[1:], title="Anders", responsible=emil, effort=2, impact=4)

    measure.refresh_from_db()
    assert (measure.title, measure.responsible, measure.effort, measure.impact) == ("Anders", emil, 2, 4)
    assert (changed.version, measure.version) == (2, 2)
    assert names(measure) == ["Lieferung", "Rechnung"]


def test_update_of_nothing_changes_nothing_even_when_it_is_late(in_scope, mara, touchpoints):
    measure = plan(mara, touchpoints[0])

    same = update(measure, mara, touchpoints[0], version=99)

    assert same.version == 1


def test_touchpoints_alone_are_a_change(in_scope, mara, touchpoints):
    measure = plan(mara, touchpoints[0])

    assert update(measure, mara, touchpoints[1]).version == 2
    assert names(measure) == ["Rechnung"]


def test_update_of_an_older_version_is_refused_and_says_what_is_saved(in_scope, mara, touchpoints):
    measure = plan(mara, touchpoints[0])
    update(measure, mara, touchpoints[0], title="Schneller")

    with pytest.raises(StaleEdit) as stale:
        update(measure, mara, touchpoints[0], version=1, title="Langsamer")

    assert stale.value.current.title == "Schneller"
    assert names(measure) == ["Hotline"]


def test_until_before_from_is_refused(in_scope, mara, touchpoints):
    measure = plan(mara, touchpoints[0])

    with pytest.raises(ValidationError):
        update(measure, mara, touchpoints[0], starts_on=DAY, due_on=DAY - timedelta(1))


def test_done_keeps_the_day_that_is_known_and_forgets_it_when_taken_up_again(in_scope, mara, touchpoints):
    measure = plan(mara, touchpoints[0])
    long_ago = DAY - timedelta(30)

    done = update(measure, mara, touchpoints[0], status="done", done_on=long_ago)
    kept = update(done, mara, touchpoints[0], status="done", done_on=None, title="Anders")
    again = update(kept, mara, touchpoints[0], status="under_way", done_on=long_ago)

    assert (done.done_on, kept.done_on, again.done_on) == (long_ago, long_ago, None)


def test_one_tap_sets_the_status_and_today(in_scope, emil, mara, touchpoints):
    measure = plan(mara, touchpoints[0])

    done = services.set_measure_status(measure=measure, version=1, status="done", by=emil)
    twice = services.set_measure_status(measure=measure, version=1, status="done", by=emil)
    again = services.set_measure_status(measure=measure, version=2, status="under_way", by=emil)

    assert (done.status, done.done_on, done.version) == ("done", timezone.localdate(), 2)
    assert twice.version == 2
    assert (again.status, again.done_on, again.version) == ("under_way", None, 3)


def test_tap_on_an_older_version_is_refused(in_scope, emil, mara, touchpoints):
    measure = plan(mara, touchpoints[0])
    update(measure, mara, touchpoints[0], title="Anders")

    with pytest.raises(StaleEdit):
        services.set_measure_status(measure=measure, version=1, status="done", by=emil)

    measure.refresh_from_db()
    assert measure.status == "planned"


def test_removed_twice_is_removed(in_scope, mara, touchpoints):
    measure = plan(mara, touchpoints[0])

    services.remove_measure(measure=measure, by=mara)
    services.remove_measure(measure=measure, by=mara)

    assert (Measure.objects.count(), MeasureTouchpoint.objects.count()) == (0, 0)
    assert Touchpoint.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"kind": "other"},
        {"status": "other"},
        {"status": "done"},
        {"done_on": DAY},
        {"effort": 0},
        {"impact": 6},
        {"starts_on": DAY, "due_on": DAY - timedelta(1)},
    ],
)
def test_database_refuses_what_no_measure_can_be(organisation, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureFactory(organisation=organisation, **wrong)


def test_database_refuses_a_touchpoint_twice(organisation, touchpoints):
    link = MeasureTouchpointFactory(measure__organisation=organisation, touchpoint=touchpoints[0])

    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureTouchpointFactory(measure=link.measure, touchpoint=touchpoints[0])


# ---- who may ---------------------------------------------------------------------------------------------------------


def test_who_may(organisation, olga, mara, max, emil):
    others, own = MeasureFactory(organisation=organisation), MeasureFactory(organisation=organisation, responsible=emil)
    people = (olga, mara, max, emil)

    assert [can_edit_measures(member) for member in people] == [True, True, False, False]
    assert [can_export_measures(member) for member in people] == [True, True, True, False]
    assert [can_set_measure_status(member, others) for member in people] == [True, True, False, False]
    assert [can_set_measure_status(member, own) for member in people] == [True, True, False, True]


# ---- what follows ----------------------------------------------------------------------------------------------------


def test_archived_touchpoint_keeps_its_measures(in_scope, mara, touchpoints):
    measure = plan(mara, touchpoints[0])

    archive_touchpoint(touchpoint=touchpoints[0], by=mara)

    row = row_of(with_names(Measure.objects.all()).get(), mara)
    assert [(about.name, about.is_archived) for about in row.about] == [("Hotline", True)]
    assert names(measure) == ["Hotline"]


def test_touchpoint_of_a_measure_is_not_deleted(in_scope, mara, touchpoints):
    plan(mara, touchpoints[0], title="B")
    plan(mara, touchpoints[0], title="a")

    with pytest.raises(TouchpointInUse) as refusal:
        remove_touchpoint(touchpoint=touchpoints[0], by=mara)

    assert (refusal.value.journeys, refusal.value.measures) == ([], ["a", "B"])
    assert Touchpoint.objects.count() == 3


def merge(kept, other, mara):
    return merge_touchpoints(kept=kept, other=other, versions=(kept.version, other.version), taken=(), by=mara)


def test_measures_follow_a_merge_without_doubles(in_scope, mara, touchpoints):
    kept, other, third = touchpoints
    both, one, none = plan(mara, kept, other), plan(mara, other, third), plan(mara, third)

    merge(kept, other, mara)

    assert [names(measure) for measure in (both, one, none)] == [["Hotline"], ["Hotline", "Lieferung"], ["Lieferung"]]
    versions = dict(Measure.objects.values_list("pk", "version"))
    assert [versions[measure.pk] for measure in (both, one, none)] == [2, 2, 1]
    changes = {row.touchpoint_id: row.changes for row in TouchpointChange.objects.filter(kind__startswith="merged")}
    assert changes == {kept.pk: {"measures": [1, 2]}, other.pk: {"measures": [2, 0]}}


def test_merge_without_measures_says_nothing_of_them(in_scope, mara, touchpoints):
    merge(*touchpoints[:2], mara)

    assert [row.changes for row in TouchpointChange.objects.filter(kind__startswith="merged")] == [{}, {}]


@pytest.mark.django_db(transaction=True)
def test_measure_saved_while_two_touchpoints_are_merged_waits_and_reads_what_came_of_it(in_scope, mara, touchpoints):
    kept, other, third = touchpoints
    measure = plan(mara, other)

    def save():
        with member_scope(mara.organisation):
            try:
                return update(measure, mara, other, third)
            except StaleEdit as stale:
                return names(stale.current)

    _merged, answer = meeting(lambda: merge(kept, other, mara), save)

    assert answer == ["Hotline"]


def elsewhere(member, call):
    """What ``call`` returns in the scope of another thread."""

    def run():
        with member_scope(member.organisation):
            return call()

    return run


@pytest.mark.django_db(transaction=True)
def test_measure_planned_while_its_touchpoint_is_merged_away_is_refused(in_scope, mara, touchpoints):
    kept, other, _third = touchpoints

    def late():
        with pytest.raises(services.TouchpointsGone):
            plan(mara, kept, other)

    meeting(lambda: merge(kept, other, mara), elsewhere(mara, late))

    assert not Measure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_measure_gets_no_touchpoint_that_is_merged_away_meanwhile(in_scope, mara, touchpoints):
    kept, other, third = touchpoints
    measure = plan(mara, third)

    def late():
        with pytest.raises(services.TouchpointsGone):
            update(measure, mara, third, other, title="Anders")

    meeting(lambda: merge(kept, other, mara), elsewhere(mara, late))

    measure.refresh_from_db()
    assert (measure.title, measure.version, names(measure)) == ("Rückruf in zwei Stunden", 1, ["Lieferung"])


@pytest.mark.django_db(transaction=True)
def test_touchpoint_is_not_removed_while_a_measure_about_it_is_saved(in_scope, mara, touchpoints):
    def remove():
        with pytest.raises(TouchpointInUse) as refusal:
            remove_touchpoint(touchpoint=touchpoints[0], by=mara)
        return refusal.value.measures

    _measure, named = meeting(lambda: plan(mara, touchpoints[0]), elsewhere(mara, remove))

    assert named == ["Rückruf in zwei Stunden"]


def test_department_that_goes_leaves_the_measure_and_a_merged_one_takes_it_along(in_scope, mara, touchpoints):
    first, second = (DepartmentFactory(organisation=in_scope, name=name) for name in ("Service", "Vertrieb"))
    measure = plan(mara, touchpoints[0], department=first)

    merge_department(department=first, into=second, by=mara)
    measure.refresh_from_db()
    assert measure.department == second

    remove_department(department=second, by=mara)
    measure.refresh_from_db()
    assert measure.department is None


def test_member_who_leaves_leaves_the_measure_without_anybody(in_scope, mara, emil, touchpoints):
    measure = plan(mara, touchpoints[0], responsible=emil)

    remove_member(member=emil)

    measure.refresh_from_db()
    assert measure.responsible is None


def test_persons_export_names_what_they_are_responsible_for(in_scope, mara, emil, touchpoints):
    plan(mara, touchpoints[0], responsible=emil, due_on=DAY)
    plan(mara, touchpoints[0], responsible=mara, title="Anderes")

    expected = {"title": "Rückruf in zwei Stunden", "status": "planned", "starts_on": None, "done_on": None}
    assert member_export(emil)["measures"] == [expected | {"due_on": "2026-11-28"}]


def test_organisation_goes_with_its_measures(in_scope, mara, touchpoints):
    plan(mara, touchpoints[0], responsible=mara)

    remove_organisation(organisation=in_scope)

    assert (Measure._base_manager.count(), MeasureTouchpoint._base_manager.count()) == (0, 0)


# ---- what pages read -------------------------------------------------------------------------------------------------


def titles(filters, member, page=1):
    return [row.measure.title for row in measure_list(filters, member, page=page).rows]


@pytest.fixture
def some(in_scope, mara, emil, touchpoints):
    """A plan with a quick win, a big one, an unrated one, one done and one dropped."""
    service = DepartmentFactory(organisation=in_scope, name="Kundendienst")
    plan(mara, touchpoints[1], title="Ohne Schätzung", wanted_result="Weniger Rückfragen")
    plan(mara, touchpoints[0], title="Groß", effort=5, impact=5, department=service, status="under_way")
    plan(mara, touchpoints[0], touchpoints[1], title="Schnell", effort=1, impact=4, responsible=emil, kind="create")
    plan(mara, touchpoints[2], title="Geschafft", effort=2, impact=3, status="done")
    plan(mara, touchpoints[2], title="Verworfen", effort=1, impact=5, status="dropped")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Schnell", "Groß", "Ohne Schätzung"]),
        ({"state": "open"}, ["Schnell", "Groß", "Ohne Schätzung"]),
        ({"state": "done"}, ["Geschafft"]),
        ({"state": "all"}, ["Schnell", "Groß", "Ohne Schätzung", "Verworfen", "Geschafft"]),
        ({"kind": "create"}, ["Schnell"]),
        ({"department": "none"}, ["Schnell", "Ohne Schätzung"]),
        ({"mine": True}, ["Schnell"]),
        ({"q": "rechnung"}, ["Schnell", "Ohne Schätzung"]),
        ({"q": "rückfragen"}, ["Ohne Schätzung"]),
        ({"q": "kundendienst HOTLINE"}, ["Groß"]),
        ({"q": "emil"}, ["Schnell"]),
        ({"q": "hotline rechnung"}, ["Schnell"]),
        ({"q": "nirgends"}, []),
    ],
)
def test_list_shows_what_the_filter_leaves_in_order(some, emil, filters, expected):
    assert titles(filters, emil) == expected


def test_department_of_a_filter(some, mara):
    department = Measure.objects.get(title="Groß").department

    assert titles({"department": str(department.code)}, mara) == ["Groß"]


def test_progress_counts_quick_wins_without_the_dropped_ones(some):
    counts = plan_counts()

    assert (counts.total, counts.open, counts.overdue) == (5, 3, 0)
    assert (counts.progress.done, counts.progress.total) == (1, 2)
    assert counts.progress.words == "1 von 2 Quick Wins sind erledigt"


def test_progress_of_a_plan_without_quick_wins_counts_all(in_scope, mara, touchpoints):
    assert plan_counts().progress is None

    plan(mara, touchpoints[0], effort=5, impact=5, status="done")
    plan(mara, touchpoints[0])

    progress = plan_counts().progress
    assert (progress.done, progress.total) == (1, 2)


def test_overdue_is_counted_and_said(in_scope, mara, touchpoints):
    plan(mara, touchpoints[0], due_on=timezone.localdate() - timedelta(1))
    plan(mara, touchpoints[0], due_on=timezone.localdate())
    plan(mara, touchpoints[0], due_on=timezone.localdate() - timedelta(1), status="done")

    counts = plan_counts()

    assert (counts.open, counts.overdue) == (2, 1)
    assert counts.facts == "2 offene Maßnahmen · 1 überfällig"


def test_long_plan_has_pages(in_scope, mara, organisation):
    Measure.objects.bulk_create(
        Measure(organisation=organisation, title=f"M {number}", kind="remove") for number in range(PAGE_SIZE + 1)
    )

    first, last, beyond = (measure_list({}, mara, page=page) for page in (1, 2, 9))

    assert (len(first.rows), first.pages, first.previous_page, first.next_page) == (PAGE_SIZE, 2, None, 2)
    assert [row.measure.title for row in last.rows] == [f"M {PAGE_SIZE}"]
    assert (beyond.page, beyond.previous_page, beyond.next_page) == (2, 1, None)


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (MeasureStatus.PLANNED, [MeasureStatus.UNDER_WAY, MeasureStatus.DONE]),
        (MeasureStatus.UNDER_WAY, [MeasureStatus.DONE]),
        (MeasureStatus.DONE, [MeasureStatus.UNDER_WAY]),
        (MeasureStatus.DROPPED, [MeasureStatus.PLANNED]),
    ],
)
def test_next_steps_are_those_that_follow_and_only_for_those_who_may(in_scope, mara, emil, touchpoints, status, steps):
    plan(mara, touchpoints[0], status=status)
    measure = with_names(Measure.objects.all()).get()

    assert [step.status for step in row_of(measure, mara).steps] == steps
    assert row_of(measure, emil).steps == ()


def test_touchpoint_has_its_open_measures_in_order_and_the_number_done(some, touchpoints):
    here = measures_at(touchpoints)

    assert {
        touchpoint.name: ([measure.title for measure in here[touchpoint.pk].open], here[touchpoint.pk].done)
        for touchpoint in touchpoints
    } == {
        "Hotline": (["Schnell", "Groß"], 0),
        "Rechnung": (["Schnell", "Ohne Schätzung"], 0),
        "Lieferung": ([], 1),
    }


def test_own_open_measures_come_first_and_employees_see_only_these(some, mara, max, emil):
    plan(mara, *Touchpoint.objects.all()[:1], title="Meins", effort=5, impact=1, responsible=max)

    manager, employee, moderator = open_measures(max), open_measures(emil), open_measures(mara)

    assert [row.measure.title for row in manager.rows] == ["Meins", "Schnell", "Groß"]
    assert (manager.own, manager.counts.open, manager.more) == (1, 4, 1)
    assert [row.measure.title for row in employee.rows] == ["Schnell"]
    assert (employee.own, employee.counts.open) == (1, 1)
    assert (moderator.own, moderator.counts.open) == (0, 4)


def test_home_has_no_measures_where_none_is_open(in_scope, mara, emil, touchpoints):
    plan(mara, touchpoints[0], status="done", responsible=emil)

    assert (open_measures(mara), open_measures(emil)) == (None, None)


def test_home_shows_the_first_ones_and_counts_the_others(in_scope, mara, touchpoints):
    for number in range(7):
        plan(mara, touchpoints[0], title=f"M {number}")

    found = open_measures(mara)

    assert (len(found.rows), found.more) == (3, 4)
