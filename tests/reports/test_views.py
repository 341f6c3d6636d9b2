"""Pages of the reports app: who may, asking, waiting, downloading."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled

from reports.models import Report
from reports.services.claims import claim_report, finish_report
from tests.factories import ActivityFactory, CycleFactory, JourneyFactory, ReportFactory, WorkshopFactory
from tests.reports.support import finished_ist

ORG = "regio-bahn"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def workshop(organisation):
    return finished_ist(organisation)


@pytest.fixture
def ready(in_scope):
    report = ReportFactory(workshop=finished_ist(in_scope))
    finish_report(claim_report(report.pk), b"%PDF-1.7 content")
    report.refresh_from_db()
    return report


def address(name, **kwargs):
    return reverse(f"reports:{name}", kwargs={"org": ORG, **kwargs})


def create(workshop):
    return address("report_create", code=workshop.code)


@pytest.mark.parametrize("role", ["olga", "mara", "max"])
def test_who_reads_results_asks_and_waits(request, workshop, role, db):
    client = request.getfixturevalue(f"{role}_client")

    answer = client.post(create(workshop), {"language": "en", "key": uuid.uuid4()})

    report = Report._base_manager.get()
    assert (answer.status_code, answer["Location"]) == (302, address("report_detail", code=report.code))
    assert (report.language, report.workshop_id, report.state) == ("en", workshop.pk, Report.State.QUEUED)
    assert report.requested_by == request.getfixturevalue(role)


@pytest.mark.parametrize("name", ["report_list", "report_detail", "report_download", "report_create"])
def test_an_employee_is_refused(emil_client, ready, name):
    if name == "report_create":
        assert emil_client.post(create(ready.workshop)).status_code == 403
    else:
        codes = {} if name == "report_list" else {"code": ready.code}
        assert emil_client.get(address(name, **codes)).status_code == 403


@pytest.mark.parametrize("name", ["report_list", "report_detail", "report_download", "report_create"])
def test_a_stranger_finds_nothing(fremd_client, ready, name):
    if name == "report_create":
        assert fremd_client.post(create(ready.workshop)).status_code == 404
    else:
        codes = {} if name == "report_list" else {"code": ready.code}
        assert fremd_client.get(address(name, **codes)).status_code == 404


@pytest.mark.parametrize("name", ["report_detail", "report_download"])
def test_another_organisations_report_is_not_here(max_client, other_organisation, name, db):
    foreign = ReportFactory(workshop=WorkshopFactory(organisation=other_organisation))

    assert max_client.get(address(name, code=foreign.code)).status_code == 404


def test_another_organisations_workshop_cannot_be_reported(max_client, other_organisation, db):
    foreign = finished_ist(other_organisation)

    assert max_client.post(create(foreign), {"language": "de"}).status_code == 404
    assert Report._base_manager.count() == 0


def test_an_anonymous_visitor_is_sent_to_the_login(client, ready):
    for answer in (client.get(address("report_download", code=ready.code)), client.post(create(ready.workshop))):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_asking_takes_a_post(max_client, workshop):
    assert max_client.get(create(workshop)).status_code == 405


def test_a_double_click_asks_once(max_client, workshop):
    form = {"language": "de", "key": uuid.uuid4()}

    first, second = max_client.post(create(workshop), form), max_client.post(create(workshop), form)

    assert first["Location"] == second["Location"]
    assert Report._base_manager.count() == 1


def test_without_a_language_it_is_the_organisations(max_client, workshop):
    max_client.post(create(workshop))

    assert Report._base_manager.get().language == "de"


@pytest.mark.parametrize("form", [{"language": "fr"}, {"language": "de", "key": "no key"}])
def test_a_wrong_choice_is_said_and_nothing_is_made(max_client, workshop, form):
    answer = max_client.post(create(workshop), form)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert Report._base_manager.count() == 0


def test_a_workshop_without_result_is_refused_with_a_sentence(max_client, organisation):
    answer = max_client.post(create(WorkshopFactory(organisation=organisation)), {"language": "de"})

    assert answer.status_code == 422
    assert "Es gibt noch nichts zu berichten: Decken Sie zuerst einen Block auf." in answer.content.decode()


def test_under_htmx_asking_leads_to_the_page(max_client, workshop):
    answer = max_client.post(create(workshop), {"language": "de"}, headers={"HX-Request": "true"})

    assert address("report_detail", code=Report._base_manager.get().code) in answer["HX-Location"]


def test_while_it_is_made_the_fragment_asks_again(max_client, workshop):
    report = ReportFactory(workshop=workshop)
    url = address("report_detail", code=report.code)

    whole, fragment = max_client.get(url), max_client.get(url, headers={"HX-Request": "true"})

    assert (whole.status_code, fragment.status_code) == (200, 200)
    assert f'hx-get="{url}" hx-trigger="every 2s"' in fragment.content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in whole.content.decode()
    assert "<html" not in fragment.content.decode()


def test_when_it_is_ready_the_fragment_stops_asking(max_client, ready):
    url = address("report_detail", code=ready.code)

    answer = max_client.get(url, headers={"HX-Request": "true"})

    assert answer.status_code == 286
    assert "hx-get" not in answer.content.decode()
    assert address("report_download", code=ready.code) in answer.content.decode()
    assert max_client.get(url).status_code == 200


@pytest.mark.parametrize("error", Report.Error.values)
def test_a_failure_is_a_sentence_with_a_way_on(max_client, workshop, error):
    report = ReportFactory(
        workshop=workshop, state=Report.State.FAILED, error=error, finished_at=timezone.now(), language="en"
    )

    answer = max_client.get(address("report_detail", code=report.code), headers={"HX-Request": "true"})

    assert answer.status_code == 286
    assert str(report.get_error_display()) in answer.content.decode()
    assert create(workshop) in answer.content.decode()


def test_the_file_is_downloaded_under_a_name_that_people_read(max_client, ready):
    answer = max_client.get(address("report_download", code=ready.code))

    day = timezone.localdate(ready.requested_at).isoformat()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="Ist-Stand Der Weg zur Arbeit {day}.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 content"


def test_a_name_with_umlauts_and_slashes_survives(max_client, in_scope):
    report = ReportFactory(workshop=finished_ist(in_scope, journey='Büro/Zuhause: "täglich" 😀'), language="en")
    finish_report(claim_report(report.pk), b"content")

    answer = max_client.get(address("report_download", code=report.code))

    day = timezone.localdate(report.requested_at).isoformat()
    name = f"Ist%20report%20B%C3%BCro%20Zuhause%20t%C3%A4glich%20%F0%9F%98%80%20{day}.pdf"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    answer.close()


def test_a_file_that_is_not_there_is_404(max_client, workshop, ready, media):
    waiting = ReportFactory(workshop=workshop)
    (media / ready.file.name).unlink()

    assert max_client.get(address("report_download", code=waiting.code)).status_code == 404
    assert max_client.get(address("report_download", code=ready.code)).status_code == 404
    assert "Diese Datei wurde gelöscht" in max_client.get(address("report_detail", code=ready.code)).content.decode()


def test_an_empty_place_teaches(max_client, organisation):
    assert "Noch kein Ergebnis zum Mitnehmen" in max_client.get(address("report_list")).content.decode()


def test_a_running_block_is_named_beside_the_result(max_client, workshop):
    quiet = max_client.get(address("report_list")).content.decode()
    ActivityFactory(workshop=workshop, running=True)
    running = max_client.get(address("report_list")).content.decode()

    assert ("Gerade läuft ein Block" in quiet, "Gerade läuft ein Block" in running) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(max_client, organisation, count, django_assert_num_queries):
    for _ in range(count):
        ReportFactory(workshop=finished_ist(organisation), requested_by=None)
    max_client.get(address("report_list"))

    with django_assert_num_queries(6):
        max_client.get(address("report_list"))


@pytest.fixture
def many(organisation):
    """Twelve results, the newest first "Journey 11", and two finished reports."""
    for number in range(12):
        cycle = CycleFactory(journey=JourneyFactory(organisation=organisation, name=f"Journey {number}"))
        workshop = WorkshopFactory(organisation=organisation, cycle=cycle, title=("Berlin", "Köln", "Ulm")[number % 3])
        ActivityFactory(workshop=workshop, revealed=True, revealed_at=timezone.now())
    ReportFactory.create_batch(2, workshop=workshop)


def results(answer):
    return [row.workshop.cycle.journey.name for row in answer.context["shelf"].results]


def test_results_come_in_pages_above_the_reports(max_client, many):
    first, second = max_client.get(address("report_list")), max_client.get(f"{address('report_list')}?results=2")

    assert results(first) == [f"Journey {number}" for number in range(11, 1, -1)]
    assert results(second) == ["Journey 1", "Journey 0"]
    assert [len(answer.context["shelf"].reports) for answer in (first, second)] == [2, 2]
    assert f'href="{address("report_list")}?results=2#results" rel="next"' in first.content.decode()
    assert f'href="{address("report_list")}?results=1#results" rel="prev"' in second.content.decode()


def test_results_are_searched_by_journey_and_workshop(max_client, many):
    answer = max_client.get(address("report_list"), {"q": "ulm journey"})
    nothing = max_client.get(address("report_list"), {"q": "Journey 77"}).content.decode()

    assert results(answer) == ["Journey 11", "Journey 8", "Journey 5", "Journey 2"]
    assert "4 von 12 Einträgen" in answer.content.decode()
    assert "Zu dieser Suche passt nichts." in nothing


def test_under_htmx_the_search_answers_the_results_alone(max_client, many):
    answer = max_client.get(address("report_list"), {"q": "Köln"}, headers={"HX-Request": "true"})
    text = answer.content.decode()

    assert results(answer) == ["Journey 10", "Journey 7", "Journey 4", "Journey 1"]
    assert "<html" not in text
    assert text.lstrip().startswith('<div class="stack" id="report-results">')
    assert 'id="list-count" role="status" hx-swap-oob="innerHTML">4 von 12 Einträgen' in text
    assert answer["HX-Replace-Url"] == "?q=K%C3%B6ln"


def test_pages_of_a_search_keep_its_words(max_client, many):
    answer = max_client.get(address("report_list"), {"q": "journey & "})
    pages = max_client.get(address("report_list"), {"q": "Journey"}).content.decode()

    assert results(answer) == []
    assert f'href="{address("report_list")}?q=Journey&amp;results=2#results"' in pages


def test_a_short_list_has_no_search(max_client, workshop):
    assert 'type="search"' not in max_client.get(address("report_list")).content.decode()


def test_after_a_wrong_choice_the_pages_lead_to_the_list(max_client, many):
    with scopes_disabled():
        workshop = Report._base_manager.first().workshop

    page = max_client.post(create(workshop), {"language": "fr"}).content.decode()

    assert f'action="{address("report_list")}" role="search"' in page
    assert f'href="{address("report_list")}?results=2#results"' in page
