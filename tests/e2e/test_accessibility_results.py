"""axe finds nothing after a reveal either: two rounds in full mode, twelve people of departments and a provider."""

import pytest

from accounts.tenancy import member_scope
from tests.e2e.conftest import PHONE
from tests.e2e.test_accessibility import LOOKS, violations
from tests.factories import DepartmentFactory
from tests.workshops.support import Room, make_room
from touchpoints.models import Touchpoint
from workshops import services
from workshops.enums import Mode, Scale

# Per station experience, expectation, importance and the three effects: quadrants, gaps in both directions, a drop.
FIRST = ((9, 6, 9, 8, 7, 9), (2, 8, 9, 5, 4, 3), (7, 7, 3, 5, 5, 5), (4, 6, 2, 5, 6, 4))
SECOND = ((8, 6, 9, 8, 7, 9), (6, 8, 9, 6, 5, 6), (3, 7, 3, 4, 4, 4), (4, 6, 2, 5, 6, 4))


def rate(room: Room, phones, answers) -> None:
    """Everybody answers, half of them a little otherwise; one cannot judge the last station."""
    for number, phone in enumerate(phones):
        for place, station in enumerate(room.stations):
            scales = {scale: max(0, value - number % 2) for scale, value in zip(Scale, answers[place], strict=True)}
            nobody = number == 0 and place == len(answers) - 1
            reason = "" if number % 3 else f"Grund {number}: der Weg ist lang."
            phone.rate(station, scales={} if nobody else scales, cannot_judge=nobody, reason=reason)


@pytest.fixture
def revealed(transactional_db, organisation, mara):
    """Everything that a result can show, while the room is still open."""
    with member_scope(organisation):
        room = make_room(organisation, mara, 4, mode=Mode.FULL).open()
        Touchpoint.objects.filter(name__in=("Station 3", "Station 4")).update(phase="LO")
        owners = [
            DepartmentFactory(organisation=organisation, name="Vertrieb"),
            DepartmentFactory(organisation=organisation, name="Callcenter", kind="provider"),
        ]
        for place, station in enumerate(room.stations):
            station.department_name, station.by_provider = owners[place % 2].name, bool(place % 2)
            station.medium, station.criticality, station.phase = ("online", "offline")[place % 2], 3, "PS"
            station.save()
        phones = [
            room.join(f"Person {number}", token=f"person-{number}", department=owners[number % 2])
            for number in range(12)
        ]
        rate(room, phones, FIRST)
        room.reveal()
        room.activity = services.start_round(activity=room.activity, by=mara)
        rate(room, phones, SECOND)
        room.reveal()
    return room


def look(page, subtests, name: str, path: str, ready: str) -> None:
    """Open everything that opens on a page, and look at it whole."""
    with subtests.test(name):
        page.goto(path, wait_until="domcontentloaded")
        page.locator(ready).first.wait_for()
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_every_page_after_a_reveal(open_page, revealed, mara, subtests, locale, scheme):
    page = open_page(mara, locale=locale, color_scheme=scheme)
    organisation = f"/o/{revealed.workshop.organisation.slug}"
    workshop = f"{organisation}/workshops/{revealed.workshop.code}"

    look(page, subtests, "console", f"{workshop}/console/", ".console")
    look(page, subtests, "projector", f"{workshop}/projector/", "svg.curve__plot")
    with member_scope(mara.organisation):
        baseline = services.freeze_ist(workshop=revealed.workshop, by=mara).code
    look(page, subtests, "result", f"{workshop}/result/", "svg.curve__plot")
    shown = page.content()
    # What this world is for: without these the looks above and below would say nothing.
    for part in ("station-table", "quadrant", "attendance", "rounds", "parts"):
        assert part in shown, part
    look(page, subtests, "first round", f"{workshop}/result/?round=1", "svg.curve__plot")
    look(page, subtests, "reasons", f"{workshop}/result/reasons/", "main h1")
    look(page, subtests, "analysis", f"{workshop}/analysis/", "[data-chart][data-drawn]")
    look(page, subtests, "Ist-Stand", f"{organisation}/baselines/{baseline}/", "svg.curve__plot")
    look(page, subtests, "ratings after the purchase", f"{organisation}/after-sales/", ".catalogue tbody tr")


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_a_phone_after_a_reveal(open_page, revealed, locale, scheme):
    page = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)

    page.goto(f"/{revealed.workshop.join_code}", wait_until="domcontentloaded")
    page.locator("[name=as][value=nameless]").click()
    page.locator(".result-row").first.wait_for()

    assert violations(page) == []
