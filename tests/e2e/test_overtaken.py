"""Answers that a change has overtaken on their way: the newest state stands at the end, whichever arrives last."""

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from tests.e2e.conftest import Watch
from tests.e2e.rooms import OK, OpenPage, Phone, console_path, planned, ring, running
from tests.e2e.test_disturbances import OFFLINE, ONE, STATION, entered
from workshops import services
from workshops.models import Activity, Participant, Workshop

pytestmark = pytest.mark.django_db(transaction=True)


class Held:
    """Keeps the next answer for ``address`` back; the server has given it already, and later requests go on."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.answers: list[tuple[Route, APIResponse]] = []
        page.route(address, self._take, times=1)

    def _take(self, route: Route) -> None:
        self.answers.append((route, route.fetch()))

    def wait(self) -> None:
        """Wait until it is held."""
        for _moment in range(150):
            if self.answers:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("nobody asked")

    def arrive(self) -> None:
        """Let it come, and give the page the time to do with it whatever it will."""
        route, answer = self.answers.pop()
        route.fulfill(response=answer)
        self.page.wait_for_timeout(1000)


def joins(workshop: Workshop, member: Membership, name: str) -> Participant:
    with member_scope(member.organisation):
        return services.join_workshop(workshop=workshop, name=name, token=name)


def console_of(workshop: Workshop, page: Page) -> Page:
    with page.expect_response("**/stream/"):
        page.goto(console_path(workshop))
    return page


def test_part_of_the_console_older_than_the_people_who_came_after_it(mara: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara, ONE)
    page = console_of(workshop, open_page(mara))
    held = Held(page, "**/parts/")
    joins(workshop, mara, "Ada")
    held.wait()

    joins(workshop, mara, "Ben")
    expect(ring(page)).to_contain_text("2")
    held.arrive()

    expect(ring(page)).to_contain_text("2")


def test_part_of_the_console_older_than_somebody_who_finished_after_it(mara: Membership, open_page: OpenPage) -> None:
    workshop = running(mara, ONE)
    phone = entered(open_page(phone=True), workshop)
    page = console_of(workshop, open_page(mara))
    held = Held(page, "**/parts/")
    joins(workshop, mara, "Ada")
    held.wait()
    half = ring(page).get_by_role("img", name="1 von 2 fertig")

    phone.tap(STATION, OK)
    expect(half).to_be_visible()
    held.arrive()

    expect(half).to_be_visible()


def test_list_of_names_older_than_who_came_after_it(mara: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara, ONE)
    page = console_of(workshop, open_page(mara))
    held = Held(page, "**/people/")
    joins(workshop, mara, "Ada")
    held.wait()

    joins(workshop, mara, "Ben")
    expect(ring(page)).to_contain_text("2")
    page.wait_for_timeout(1500)  # by now the list has asked, or would have
    held.arrive()

    expect(page.locator("#console-people .people-list li")).to_have_count(2)


def test_cards_of_a_block_older_than_the_block_after_it(mara: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara, ONE)
    with member_scope(mara.organisation):
        first = Activity.objects.get()
        stations = list(workshop.cycle.journey.stations.all())
        second = services.plan_activity(
            workshop=workshop,
            title="Noch einmal",
            stations=stations,
            is_named=False,
            asks_reason=False,
            minutes=5,
            by=mara,
        )
    phone = Phone(open_page(phone=True))
    with phone.page.expect_response("**/stream/"):
        phone.join(workshop.join_code)
    held = Held(phone.page, "**/ballot/")
    with member_scope(mara.organisation):
        services.open_activity(activity=first, by=mara)
        held.wait()
        services.reveal_activity(activity=first, by=mara)
        services.open_activity(activity=second, by=mara)

    phone.page.wait_for_timeout(1000)
    held.arrive()

    phone.tap(STATION, OK)
    expect(phone.page.locator("#room-ballot")).to_have_attribute("data-ballot", str(second.code))


def test_answer_to_a_poll_older_than_what_the_stream_brought(
    mara: Membership, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected += OFFLINE
    workshop = planned(mara, ONE)
    page = open_page(mara)
    cut = {"stream"}
    page.route("**/stream/", lambda route: route.abort() if cut else route.continue_())
    page.goto(console_path(workshop).replace("/console/", "/projector/"))
    joins(workshop, mara, "Ada")
    held = Held(page, "**/poll/*")
    held.wait()

    joins(workshop, mara, "Ben")
    cut.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(ring(page)).to_contain_text("2")
    held.arrive()

    expect(ring(page)).to_contain_text("2")
