"""Reminding members by mail: whom, in which words and language, once each, and with no trace after the reveal."""

import smtplib
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import BadHeaderError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tenancy import member_scope
from tests.factories import PASSWORD, DepartmentFactory, MembershipFactory
from tests.locks import aside, meeting
from tests.workshops.advance import in_advance, pass_deadline
from tests.workshops.pages import room_of, url
from workshops import services, tasks
from workshops.models import Reminder, ReminderMail, WorkshopSpectator
from workshops.queries.reminders import open_guests, open_members
from workshops.services import reminders

pytestmark = pytest.mark.django_db
TEXTS = {"de": ("Bitte bewerten", "Liebe Leute,\nbitte."), "en": ("Please rate", "Dear all,\nplease.")}
State = ReminderMail.State


@pytest.fixture
def room(organisation, mara, olga, max, emil, in_scope):
    return in_advance(organisation, mara)


def ask(room, *members, code=None, texts=TEXTS):
    return services.request_reminder(
        activity=room.activity, texts=texts, members=members, code=code or uuid4(), by=room.mara
    )


def states(reminder):
    return list(reminder.mails.order_by("pk").values_list("state", flat=True))


# --- who -------------------------------------------------------------------------------------------------------------


def test_open_members_are_those_who_may_rate_and_have_not_finished(room, organisation, mara, olga, max, emil):
    people = {name: MembershipFactory(organisation=organisation, user__name=name) for name in "ABCDEF"}
    WorkshopSpectator.objects.create(workshop=room.workshop, membership=people["A"])
    phones = {name: room.join(name, membership=people[name]) for name in "BCDEF"}
    services.set_does_not_rate(participant=phones["B"].participant, value=True, by=mara)
    services.remove_participant(participant=phones["C"].participant, by=mara)
    for station in room.stations:
        phones["D"].rate(station, 5)
    phones["E"].rate(room.stations[0], 5)
    services.leave_workshop(participant=phones["F"].participant)

    found = {each.name: (each.words, each.suggested) for each in open_members(room.activity)}

    assert found == {
        "E": ("hat begonnen", True),
        "F": ("hat den Raum verlassen", False),
        "Emil": ("noch nicht dabei", True),
        "Mara": ("noch nicht dabei", False),
        "Max": ("noch nicht dabei", True),
        "Olga": ("noch nicht dabei", False),
    }


@pytest.mark.parametrize("more", [0, 3])
def test_open_members_cost_the_same_queries(room, organisation, django_assert_num_queries, more):
    for number in range(more):
        member = MembershipFactory(organisation=organisation, department=DepartmentFactory(organisation=organisation))
        room.join(f"P{number}", membership=member)

    with django_assert_num_queries(5):
        assert len([each.words for each in open_members(room.activity)]) == 4 + more


def test_open_guests_are_named_and_those_without_a_name_counted(room):
    done = room.join("Fertig")
    for station in room.stations:
        done.rate(station, 5)
    room.join("Berta")
    room.join("Anna").rate(room.stations[0], 5)
    room.join("")
    room.join("")

    assert open_guests(room.activity).words == "Anna, Berta, 2 Gäste ohne Namen"


# --- asked once, sent once -------------------------------------------------------------------------------------------


def test_mail_says_link_and_deadline_in_the_readers_language(room, emil, max):
    User.objects.filter(pk=max.user_id).update(language="en")
    max.user.refresh_from_db()
    reminder = ask(room, emil, max)

    tasks.sweep_reminders()

    german, english = mail.outbox
    assert (german.to, german.subject, german.reply_to) == (
        ["emil@example.org"],
        "Bitte bewerten",
        ["mara@example.org"],
    )
    assert german.body.startswith("Liebe Leute,\nbitte.\n\nHier wird bewertet:\nhttp")
    assert f"/accounts/login/?next=/w/{room.workshop.join_code}/" in german.body
    assert "Antworten sind bis " in german.body
    assert (english.to, english.subject) == (["max@example.org"], "Please rate")
    assert "Answers are taken until " in english.body
    assert states(reminder) == [State.SENT, State.SENT]
    tasks.sweep_reminders()
    assert len(mail.outbox) == 2


def test_asking_twice_with_one_form_sends_one_mail(room, emil):
    code = uuid4()

    assert ask(room, emil, code=code) == ask(room, emil, code=code)
    assert ReminderMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_send_one_mail(room, emil, organisation):
    code = uuid4()

    def again():
        with member_scope(organisation):
            return ask(room, emil, code=code)

    first, second = meeting(lambda: ask(room, emil, code=code), again)

    assert (first, ReminderMail.objects.count()) == (second, 1)


def test_code_of_another_block_is_replaced(room, emil, fremd, other_organisation):
    with member_scope(other_organisation):
        foreign = ask(in_advance(other_organisation, fremd), fremd)

    mine = ask(room, emil, code=foreign.code)

    assert (mine.code != foreign.code, mine.activity_id) == (True, room.activity.pk)


def test_mail_whose_worker_was_killed_is_never_sent_again_and_the_others_are(room, emil, max):
    reminder = ask(room, emil, max)
    assert reminders.claim_mail(reminder.pk).membership == emil  # and then the worker was gone

    tasks.sweep_reminders()
    tasks.sweep_reminders()

    assert [message.to for message in mail.outbox] == [["max@example.org"]]
    assert states(reminder) == [State.CLAIMED, State.SENT]


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_mails(room, emil, max, organisation):
    reminder = ask(room, emil, max)
    seen = []

    def other():
        with member_scope(organisation):
            seen.append(reminders.claim_mail(reminder.pk))

    with transaction.atomic():
        mine = reminders.claim_mail(reminder.pk)
        thread, outcome = aside(other)
        thread.join(30)
        outcome.result(0)

    assert {mine.membership_id, seen[0].membership_id} == {emil.pk, max.pk}


def test_one_turn_sends_no_more_than_its_share(room, organisation, monkeypatch):
    monkeypatch.setattr(reminders, "AT_ONCE", 2)
    ask(room, *[MembershipFactory(organisation=organisation) for _ in range(3)])

    tasks.sweep_reminders()
    assert len(mail.outbox) == 2
    tasks.sweep_reminders()
    assert len(mail.outbox) == 3


class Refusing(EmailBackend):
    """A mail server that does not know the first address."""

    def send_messages(self, messages):
        if messages[0].to == ["emil@example.org"]:
            raise smtplib.SMTPRecipientsRefused({})
        return super().send_messages(messages)


class Silent(EmailBackend):
    """A mail server that does not answer."""

    def open(self):
        raise ConnectionRefusedError


def test_refused_mail_is_noted_and_does_not_stop_the_others(room, emil, max, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    reminder = ask(room, emil, max)

    tasks.sweep_reminders()
    assert states(reminder) == [State.FAILED, State.QUEUED]
    tasks.sweep_reminders()

    assert states(reminder) == [State.FAILED, State.SENT]


def test_without_a_mail_server_that_answers_the_mails_wait(room, emil, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Silent"
    reminder = ask(room, emil)

    tasks.sweep_reminders()

    assert states(reminder) == [State.QUEUED]


def test_without_a_mail_server_mails_lie_readable_in_the_folder(room, emil, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    ask(room, emil)

    tasks.sweep_reminders()

    (letter,) = list(Path(tmp_path).iterdir())
    assert "To: emil@example.org" in letter.read_text()


@pytest.mark.parametrize("change", ["finished", "watches", "deadline", "revealed"])
def test_mail_that_is_no_longer_needed_is_not_sent(room, emil, mara, change):
    phone = room.join("Emil", membership=emil)
    reminder = ask(room, emil)
    if change == "finished":
        for station in room.stations:
            phone.rate(station, 5)
    if change == "watches":
        services.set_does_not_rate(participant=phone.participant, value=True, by=mara)
    if change == "deadline":
        pass_deadline(room)
    if change == "revealed":
        room.reveal()

    tasks.sweep_reminders()

    assert mail.outbox == []
    assert states(reminder) == ([] if change == "revealed" else [State.SKIPPED])


def test_reveal_forgets_who_was_reminded(room, emil):
    ask(room, emil)

    room.reveal()

    assert (Reminder.objects.count(), ReminderMail.objects.count()) == (0, 0)


def test_nobody_is_reminded_too_often_too_late_or_for_nothing(room, emil, mara):
    for _ in range(reminders.LIMIT):
        ask(room, emil)
    with pytest.raises(services.ActionRefused, match="schon 5 Erinnerungen"):
        ask(room, emil)
    Reminder.objects.update(created_at=timezone.now() - timedelta(hours=25))
    phone = room.join("Emil", membership=emil)
    for station in room.stations:
        phone.rate(station, 5)
    with pytest.raises(services.ActionRefused, match="niemand mehr zu erinnern"):
        ask(room, emil)
    pass_deadline(room)
    with pytest.raises(services.ActionRefused, match="nimmt gerade keine Antworten an"):
        ask(room, emil)


@pytest.mark.parametrize(
    "subject", ["Hallo\r\nBcc: alle@example.org", "Hallo\nBcc: alle@example.org", "Hallo\u2028Bcc: alle@example.org"]
)
def test_subject_never_becomes_a_second_header(room, emil, subject):
    ask(room, emil, texts={"de": (subject, "Text")})

    tasks.sweep_reminders()

    (message,) = mail.outbox
    assert message.subject == "Hallo Bcc: alle@example.org"
    assert message.message()["Bcc"] is None
    assert message.recipients() == ["emil@example.org"]
    with pytest.raises(BadHeaderError):  # what Django itself would do with it
        mail.EmailMessage("Hallo\nBcc: x", to=["a@example.org"]).message()


def test_mail_without_words_in_the_readers_language_takes_the_organisations(room, emil, mara):
    User.objects.filter(pk=emil.user_id).update(language="en")
    emil.user.refresh_from_db()
    reminder = ask(room, emil, texts={"de": ("Betreff", "Text")})
    Reminder.objects.update(created_by=None)

    tasks.sweep_reminders()

    assert (mail.outbox[0].subject, mail.outbox[0].reply_to) == ("Betreff", [])
    assert states(reminder) == [State.SENT]


# --- the page --------------------------------------------------------------------------------------------------------


def form(**changes):
    return {
        "code": str(uuid4()),
        "subject_de": "Bitte bewerten",
        "text_de": "Liebe Leute",
        **changes,
    }


def test_page_names_who_is_open_and_gives_the_words_for_guests(room, mara_client):
    room.join("Berta")

    html = mara_client.get(url("activity_remind", room.activity.code)).content.decode()

    assert "Emil" in html
    assert "noch nicht dabei" in html
    assert "Dabei und noch nicht fertig: Berta." in html
    assert 'data-copy="copy-de"' in html
    assert f"/{room.workshop.join_code}\n" in html
    assert "Hier wird bewertet:" in html
    assert "Answers are taken until" in html


def test_sent_form_queues_mails_and_says_how_many(room, mara_client, emil, max):
    page = url("activity_remind", room.activity.code)
    typed = form(members=[str(emil.code), str(max.code)])

    first, second = mara_client.post(page, typed), mara_client.post(page, typed)

    assert (first.status_code, second.status_code, ReminderMail.objects.count()) == (302, 302, 2)
    html = mara_client.get(page).content.decode()
    assert "2 Mails sind unterwegs." in html
    assert "2 in der Warteschlange" in html
    assert "erinnert am" in html


def test_wrong_form_keeps_what_was_typed(room, mara_client, fremd):
    page = url("activity_remind", room.activity.code)

    nobody = mara_client.post(page, form(text_de="Mein langer Text"))
    foreign = mara_client.post(page, form(members=[str(fremd.code)]))

    assert (nobody.status_code, foreign.status_code) == (422, 422)
    assert "Bitte haken Sie an, wer erinnert werden soll." in nobody.content.decode()
    assert "Mein langer Text" in nobody.content.decode()
    assert ReminderMail.objects.count() == 0


def test_form_without_subject_keeps_the_ticks(room, mara_client, emil):
    response = mara_client.post(
        url("activity_remind", room.activity.code), form(subject_de="", members=[str(emil.code)])
    )

    assert response.status_code == 422
    assert f'value="{emil.code}" checked' in response.content.decode()


def test_refused_reminder_keeps_what_was_typed(room, mara_client, emil):
    for _ in range(reminders.LIMIT):
        ask(room, emil)

    response = mara_client.post(
        url("activity_remind", room.activity.code), form(members=[str(emil.code)], text_de="Mein Text")
    )

    assert response.status_code == 409
    assert "Innerhalb eines Tages wurden schon 5 Erinnerungen verschickt." in response.content.decode()
    assert "Mein Text" in response.content.decode()


def test_page_after_the_deadline_only_reads_and_without_deadline_leads_to_the_console(
    room, mara_client, organisation, mara
):
    pass_deadline(room)
    html = mara_client.get(url("activity_remind", room.activity.code)).content.decode()
    meeting_room = room_of(organisation, mara, state="open")

    away = mara_client.get(url("activity_remind", meeting_room.activity.code))

    assert "Antworten werden nicht mehr angenommen." in html
    assert 'name="members"' not in html
    assert away["Location"] == url("workshop_console", meeting_room.workshop.code)


def test_named_block_promises_nothing_else(organisation, mara, mara_client, emil, in_scope):
    room = in_advance(organisation, mara, is_named=True)

    html = mara_client.get(url("activity_remind", room.activity.code)).content.decode()

    assert "Diese Runde ist mit Namen" in html
    assert "Es ist anonym" not in html


def test_page_says_when_every_member_has_finished(room, mara_client, organisation, mara, olga, max, emil):
    for member in (mara, olga, max, emil):
        phone = room.join(member.user.name, membership=member)
        for station in room.stations:
            phone.rate(station, 5)

    html = mara_client.get(url("activity_remind", room.activity.code)).content.decode()

    assert "Alle Mitglieder, die bewerten dürfen, sind fertig." in html


@pytest.mark.parametrize("language", ["de", "en"])
def test_login_keeps_the_language_for_mails(emil, language):
    emil.user.set_password(PASSWORD)
    emil.user.save()

    Client(headers={"accept-language": language}).post(
        "/accounts/login/", {"login": "emil@example.org", "password": PASSWORD}
    )

    emil.user.refresh_from_db()
    assert emil.user.language == language
