"""The demo: whole, once, in both languages, and the figures that its content promises."""

import pytest
from django.core.management import call_command
from django_scopes import scopes_disabled

from accounts.models import Membership, Organisation
from accounts.tenancy import member_scope
from reports.demo.content import MEASURES, RATERS, STOPS
from reports.demo.loading import load_demo
from reports.models import Report
from touchpoints.models import Touchpoint
from workshops.enums import ActivityState, WorkshopState
from workshops.models import Activity, Ballot, Baseline, Workshop
from workshops.queries import workshop_result
from workshops.queries.measures import measure_list

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["de", "en"])
def test_finished_ist_shows_what_the_content_says(language):
    load_demo()

    organisation = Organisation.objects.get(is_demo=True, language=language)
    with member_scope(organisation):
        baseline = Baseline.objects.get()
        stations = workshop_result(baseline.workshop).figures.stations
        assert [station.counts for station in stations] == [stop.answers for stop in STOPS]
        assert [station.n for station in stations] == [sum(stop.answers) for stop in STOPS]
        assert baseline.workshop.state == WorkshopState.CLOSED
        assert not Ballot.objects.exists()
        assert Activity.objects.get(revealed_at__isnull=False).raters == RATERS
        assert Report.objects.values_list("language", "state").get() == (language, "queued")


def test_reasons_fit_the_ratings_they_stand_beside():
    load_demo()

    with member_scope(Organisation.objects.get(is_demo=True, language="de")):
        result = workshop_result(Baseline.objects.get().workshop)
        found = [{(reason.text, reason.drawer) for reason in station.reasons} for station in result.stations]

    assert found == [{(said.de, said.drawer) for said in stop.reasons} for stop in STOPS]


def test_room_is_ready_to_open():
    load_demo()

    with member_scope(Organisation.objects.get(is_demo=True, language="de")):
        room = Workshop.objects.get(state=WorkshopState.OPEN)
        assert [activity.state for activity in Activity.objects.filter(workshop=room)] == [ActivityState.PLANNED]
        assert Activity.objects.get(workshop=room).stations.count() == 3


@pytest.mark.parametrize("language", ["de", "en"])
def test_measures_are_planned_at_its_touchpoints_and_none_is_overdue(language):
    load_demo()

    organisation = Organisation.objects.get(is_demo=True, language=language)
    with member_scope(organisation):
        plan = measure_list({"state": "all"}, Membership.objects.get(role="moderator"))
    titles = [each.title.in_language(language) for each in MEASURES]
    assert sorted(row.measure.title for row in plan.rows) == sorted(titles)
    assert (plan.counts.open, plan.counts.overdue) == (5, 0)
    assert (plan.counts.progress.done, plan.counts.progress.total) == (1, 3)
    assert [row.measure.is_quick_win for row in plan.rows] == [True, True, False, False, False, True]
    after = {about.code for row in plan.rows for about in row.about}
    with member_scope(organisation):
        assert Touchpoint.objects.filter(code__in=after, phase="LO").count() == 4


def test_second_start_changes_nothing(settings, tmp_path, capsys):
    settings.DATA_DIR = tmp_path
    call_command("load_demo")
    first = capsys.readouterr().out

    call_command("load_demo")

    assert capsys.readouterr().out == ""
    assert (tmp_path / "demo-logins").read_text() == first
    assert (tmp_path / "demo-logins").stat().st_mode & 0o777 == 0o600
    assert len(first.splitlines()) == 8
    with scopes_disabled():
        assert Organisation.objects.filter(is_demo=True).count() == 2
