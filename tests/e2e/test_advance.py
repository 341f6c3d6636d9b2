"""A block in advance from its opening to its reveal: console, phone and projector, and a deadline that passes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Membership
from accounts.tenancy import member_scope
from tests.answers import given
from tests.e2e.conftest import Watch
from tests.e2e.rooms import DELIGHTING, DISAPPOINTING, OK, PATH, OpenPage, Phone, console_path, planned
from workshops import services
from workshops.models import Activity, ReminderMail, Workshop

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = PATH[0][0]


def activity_of(workshop: Workshop) -> Activity:
    return Activity._base_manager.select_related("workshop__organisation").get(workshop=workshop)


def opened(mara: Membership, *, seconds: float) -> Workshop:
    """A workshop whose block takes answers for so long."""
    workshop = planned(mara)
    with member_scope(mara.organisation):
        until = timezone.now() + timedelta(seconds=seconds)
        services.open_in_advance(activity=activity_of(workshop), until=until, by=mara)
    return workshop


def test_block_in_advance_from_opening_to_reveal(mara: Membership, emil: Membership, open_page: OpenPage) -> None:
    workshop = planned(mara)
    console, projector = open_page(mara), open_page(mara)
    console.goto(console_path(workshop))

    # The moderator opens it with the suggested deadline, tomorrow at six.
    console.get_by_role("link", name="Im Voraus öffnen, mit einer Frist …").click()
    console.get_by_role("button", name="Im Voraus öffnen").click()
    expect(console.get_by_text("im Voraus offen").first).to_be_visible()
    expect(console.locator(".console__until")).to_contain_text("18:00")
    until = console.locator(".console__until").inner_text().removeprefix("Antworten bis ")
    projector.goto(console_path(workshop).replace("console", "projector"))
    expect(projector.get_by_text(f"Antworten bis {until}")).to_be_visible()

    # A guest answers one station, and goes on later on the same phone, when nobody is there.
    phone = Phone(open_page(phone=True))
    phone.join(workshop.join_code, "Anna")
    expect(phone.page.locator("#room-timer")).to_have_text(f"bis {until}")
    phone.tap(FIRST, OK)
    expect(console.locator("#board-count")).to_contain_text("1 Person hat begonnen")
    phone.page.goto("about:blank")
    phone.page.goto(f"/{workshop.join_code}")
    expect(phone.card(PATH[1][0])).to_be_visible()  # the first one that is open
    phone.page.get_by_role("button", name="Zurück", exact=True).click()
    phone.expect_saved(FIRST, OK)
    phone.next()
    phone.rate_all({station: DELIGHTING for station, _phase in PATH[1:]})
    expect(phone.page.get_by_text("kannst du auf diesem Telefon wiederkommen")).to_be_visible()
    expect(console.locator("#board-count")).to_contain_text("1 davon ist fertig")

    # Who is still open is reminded by mail; guests get the words to copy.
    console.get_by_role("link", name="Einladen und erinnern").click()
    expect(console.get_by_label("Emil")).to_be_checked()
    expect(console.get_by_label("Mara")).not_to_be_checked()
    console.get_by_role("button", name=re.compile("^Text kopieren ?: Deutsch")).click()
    expect(console.get_by_text("Kopiert.")).to_be_visible()
    console.get_by_role("button", name="An die Angehakten senden").click()
    expect(console.get_by_text("1 Mail ist unterwegs.")).to_be_visible()
    assert ReminderMail._base_manager.count() == 1

    # Before the deadline the question says so; ended early, it is the next step.
    console.goto(console_path(workshop))
    console.locator("#reveal").click()
    expect(console.get_by_text("ist noch nicht abgelaufen")).to_be_visible()
    console.locator("[data-closes]").click()
    console.get_by_role("button", name="Jetzt beenden").click()
    expect(projector.get_by_text("Die Frist ist abgelaufen.")).to_be_visible()
    expect(phone.page.get_by_text("Die Frist ist abgelaufen.")).to_be_visible()
    # The console's own answer may come after those of the others: what was the next step until then is another one.
    expect(console.locator("#next-step")).to_contain_text("Aufdecken")
    console.locator("#next-step").click()
    console.get_by_role("button", name="Aufdecken", exact=True).last.click()
    phone.sees("Das Ergebnis")
    expect(projector.get_by_role("heading", name="Alle Stationen")).to_be_visible()


def test_deadline_passes_while_somebody_types(mara: Membership, open_page: OpenPage, watch: Watch) -> None:
    watch.expected.append("409")  # an answer after the deadline
    workshop = opened(mara, seconds=3600)
    phone, console = Phone(open_page(phone=True)), open_page(mara)
    phone.join(workshop.join_code, "Anna")
    phone.tap(FIRST, OK)
    console.goto(console_path(workshop))
    with member_scope(mara.organisation):
        soon = timezone.now() + timedelta(seconds=4)
        services.change_deadline(activity=activity_of(workshop), until=soon, by=mara)

    reason = phone.card(FIRST).get_by_label("Warum vor allem?")
    reason.press_sequentially("Weil die Anzeige ")
    # Nobody does anything: the pages' own clocks ask, and everybody is told, also in the middle of a word.
    expect(phone.page.locator("#room-stage")).to_contain_text("Die Frist ist abgelaufen.")
    expect(phone.page.locator("#room-stage")).to_be_in_viewport()
    expect(reason).to_be_focused()
    reason.press_sequentially("nichts verspricht")
    expect(console.get_by_text("Antworten werden nicht mehr angenommen.")).to_be_visible()

    phone.answer(FIRST, DISAPPOINTING).click()
    expect(phone.card(FIRST).get_by_role("alert")).to_contain_text("Diese Antwort wurde nicht gespeichert.")
    expect(reason).to_have_value("Weil die Anzeige nichts verspricht")
    assert [(answer.drawer, answer.reason) for answer in given(activity__workshop=workshop)] == [(5, "")]

    # A later deadline: the cards take answers again, and what was typed goes along.
    with member_scope(mara.organisation):
        later = timezone.now() + timedelta(hours=1)
        services.change_deadline(activity=activity_of(workshop), until=later, by=mara)
    expect(phone.page.locator("#room-stage")).not_to_contain_text("Die Frist ist abgelaufen.")
    phone.tap(FIRST, DISAPPOINTING)
    assert [(answer.drawer, answer.reason) for answer in given(activity__workshop=workshop)] == [
        (0, "Weil die Anzeige nichts verspricht")
    ]
