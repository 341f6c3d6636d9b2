"""axe finds nothing on a form that was refused (422), on one whose page is out of date (409), and on account pages."""

from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.services.members import create_invitation, password_link
from accounts.tenancy import member_scope
from tests.e2e.conftest import PHONE
from tests.e2e.rooms import planned
from tests.e2e.test_accessibility import LOOKS, violations
from tests.factories import TouchpointFactory
from tests.world import address
from touchpoints.models import TouchpointImport
from workshops import services
from workshops.models import Activity

# Past the checks of the browser and past HTMX: what counts is the page that the server answers.
SEND = """([selector, values]) => {
  const form = document.querySelector(selector).form;
  for (const [name, value] of Object.entries(values)) {
    const found = form.elements[name];
    for (const field of found instanceof RadioNodeList ? [...found] : [found]) {
      if (field.type === "checkbox") field.checked = Boolean(value);
      else field.value = value;
    }
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
REFUSED = ".field__error, .notice--error, .notice--warn"
STALE = {"version": "99"}


def send(page, path, **values):
    """Fill in a form of the page, send it, and wait for what is wrong with it."""
    page.goto(path, wait_until="domcontentloaded")
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.evaluate(SEND, [f"main [name={next(iter(values))}]", values])
    page.locator(f"main :is({REFUSED})").first.wait_for()


# By the name of the address: what is sent there.
WRONG = {
    "touchpoints:touchpoint_create": {"name": "", "phase": ""},
    "journeys:station_edit": {"expectation": "x" * 1001},
    "accounts:member_list": {"email": "niemand"},
    "accounts:organisation_edit": {"name": "", "cut_ok": "12"},
    "workshops:workshop_create": {"title": "", "planned_for": ""},
    "workshops:workshop_edit": {"title": ""},
    "workshops:activity_create": {"title": "", "stations": "", "minutes": "0"},
    "workshops:activity_edit": {"title": "", "stations": "", "minutes": "0"},
    "workshops:activity_deadline": {"until": ""},
    "workshops:table_create": {"name": "", "heads": ""},
    "workshops:measure_create": {"title": "", "budget": "viel", "due_on": ""},
}
OUT_OF_DATE = {
    "touchpoints:touchpoint_edit": {"name": "Anders", "phase": "IA", **STALE},
    "journeys:station_edit": {"expectation": "Anders", **STALE},
    "journeys:journey_edit": {"name": "Anders", **STALE},
    "journeys:persona_edit": {"name": "Anders", **STALE},
    "accounts:department_edit": {"name": "Anders", **STALE},
    "workshops:workshop_edit": {"title": "Anders", **STALE},
    "workshops:table_edit": {"name": "Anders", **STALE},
    "workshops:measure_edit": {"title": "Anders", **STALE},
}
KINDS = {"refused": WRONG, "out of date": OUT_OF_DATE}
NEEDS = {
    "touchpoints:touchpoint_create": "org",
    "touchpoints:touchpoint_edit": "org touchpoint",
    "journeys:station_edit": "org journey station",
    "journeys:journey_edit": "org journey",
    "journeys:persona_edit": "org persona",
    "accounts:member_list": "org",
    "accounts:organisation_edit": "org",
    "accounts:department_edit": "org department",
    "workshops:workshop_create": "org",
    "workshops:workshop_edit": "org workshop",
    "workshops:activity_create": "org workshop",
    "workshops:activity_edit": "org planned",
    "workshops:activity_deadline": "org planned",
    "workshops:table_create": "org running",
    "workshops:measure_create": "org",
    "workshops:measure_edit": "org measure",
    "workshops:table_edit": "org running table",
}


@pytest.mark.parametrize("kind", KINDS)
def test_forms_that_were_refused_or_are_out_of_date(open_page, world, watch, subtests, kind):
    watch.expected = ["422", "409", "404"]  # the persona's picture lies in this process's folder, not in the server's
    pages = [
        open_page(world.people["olga"], locale=locale, color_scheme=scheme, viewport=PHONE) for locale, scheme in LOOKS
    ]

    for (name, values), page in product(KINDS[kind].items(), pages):
        with subtests.test(name):
            send(page, address(name, NEEDS[name], world), **values)
            assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_quick_add_that_was_refused(open_page, mara, watch, locale, scheme):
    watch.expected = ["422"]
    TouchpointFactory(organisation=mara.organisation)
    page = open_page(mara, locale=locale, color_scheme=scheme, viewport=PHONE)

    page.goto("/o/regio-bahn/touchpoints/")
    page.locator("#quick-add button").click()

    page.locator("#quick-add .field__error").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_reminder_that_was_refused(open_page, mara, emil, watch, locale, scheme):
    watch.expected = ["422"]
    workshop = planned(mara)
    with member_scope(mara.organisation):
        activity = Activity.objects.get(workshop=workshop)
        services.open_in_advance(activity=activity, until=timezone.now() + timezone.timedelta(hours=2), by=mara)
    page = open_page(mara, locale=locale, color_scheme=scheme, viewport=PHONE)

    send(page, f"/o/regio-bahn/blocks/{activity.code}/remind/", subject_de="", text_de="", members="")

    assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_steps_of_an_import_with_errors(open_page, mara, watch, subtests, locale, scheme):
    watch.expected = ["422"]
    with member_scope(mara.organisation):
        upload = TouchpointImport.objects.create(
            organisation=mara.organisation,
            created_by=mara,
            file_name="liste.csv",
            content=b"Was;Phase;Abteilung\nGut;Kauf;Team\n;Quark;Lager\nAuch gut;Kauf;\ngut;Kauf;Team\n",
            columns={"0": "name", "1": "phase", "2": "department"},
        )
    page = open_page(mara, locale=locale, color_scheme=scheme, viewport=PHONE)
    steps = f"/o/regio-bahn/touchpoints/import/{upload.code}"

    with subtests.test("no file"):
        page.goto("/o/regio-bahn/touchpoints/import/", wait_until="domcontentloaded")
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.evaluate(SEND, ["main [name=file]", {}])
        page.locator(".field__error").first.wait_for()
        assert violations(page) == []
    with subtests.test("columns"):
        send(page, f"{steps}/columns/", column_0="phase", column_1="phase", has_heading="on")
        assert violations(page) == []
    with subtests.test("values"):
        page.goto(f"{steps}/values/", wait_until="domcontentloaded")
        assert violations(page) == []
        page.evaluate("document.querySelector('[name=entry_0]').options[0].value = 'XX'")
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.evaluate(SEND, ["main [name=entry_0]", {"entry_0": "XX"}])
        page.locator(".field__error").first.wait_for()
        assert violations(page) == []
    with subtests.test("preview with faulty rows"):
        TouchpointImport._base_manager.update(answers={"department": {"team": "provider"}})
        page.goto(f"{steps}/preview/", wait_until="domcontentloaded")
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert page.locator("#faulty, #duplicates, #departments, #sample").count() == 4
        assert violations(page) == []
    with subtests.test("not without a decision"):
        page.locator("main .button--primary").click()
        page.locator(".notice--error").wait_for()
        assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_pages_of_an_account(open_page, olga, subtests, locale, scheme):
    page = open_page(olga, locale=locale, color_scheme=scheme, viewport=PHONE)

    for name in ("account_email", "account_change_password", "account_reauthenticate", "account_logout"):
        with subtests.test(name):
            page.goto(reverse(name), wait_until="domcontentloaded")
            assert page.url.endswith(reverse(name)), "led elsewhere"
            assert violations(page) == []
    with subtests.test("wrong password"):
        send(page, reverse("account_change_password"), oldpassword="falsch", password1="kurz")
        assert violations(page) == []
    with subtests.test("wrong address"):
        page.goto(reverse("account_email"))
        page.evaluate("document.querySelectorAll('main form').forEach(form => { form.noValidate = true })")
        page.locator("main input[type=email]").fill("niemand")
        page.locator("[name=action_add]").click()
        page.locator(".field__error").first.wait_for()
        assert violations(page) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_ways_to_an_account(open_page, olga, emil, watch, subtests, locale, scheme):
    watch.expected = ["404"]
    page = open_page(locale=locale, color_scheme=scheme, viewport=PHONE)
    with member_scope(olga.organisation):
        _invited, invitation = create_invitation(email="x@example.org", role="employee", department=None, by=olga)

    def look(name, path):
        with subtests.test(name):
            page.goto(path, wait_until="domcontentloaded")
            assert violations(page) == []

    look("sign-up, closed", reverse("account_signup"))
    look("mail sent", reverse("account_email_verification_sent"))
    look("inactive", reverse("account_inactive"))
    look("reset asked for", reverse("account_reset_password_done"))
    look("reset done", reverse("account_reset_password_from_key_done"))
    look("reset, invalid", reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "set-password"}))
    new_password = "/" + password_link(member=emil).split("/", 3)[3]
    look("reset, valid", new_password)
    with subtests.test("reset, too short"):
        send(page, new_password, password1="kurz")
        assert violations(page) == []
    with subtests.test("login, wrong"):
        send(page, reverse("account_login"), login="niemand@example.org", password="falsch")
        assert violations(page) == []
    look("invitation", "/" + invitation.split("/", 3)[3])
    look("sign-up, open", reverse("account_signup"))
    with subtests.test("sign-up, wrong"):
        send(page, reverse("account_signup"), email="niemand", name="", password1="kurz")
        assert violations(page) == []
    look("invitation, invalid", "/invitations/gibt-es-nicht/")
