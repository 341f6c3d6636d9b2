"""Names of guests: a moderator sees which are kept, and erases one before its time."""

import pytest
from django.urls import reverse

from tests.workshops.pages import room_of, url
from tests.workshops.support import make_room
from workshops import services
from workshops.enums import Drawer
from workshops.models import Participant, Workshop
from workshops.queries import guests_with_names, workshop_result

GOOD = Drawer.DELIGHTING


def guest(name="Person 0"):
    return Participant._base_manager.get(name=name)


@pytest.mark.parametrize(
    ("count", "shown"), [(1, [("Zoe", False)]), (3, [("Bo", True), ("Zoe", False), ("Änne", True)])]
)
def test_list_names_guests_also_those_who_left(
    mara_client, organisation, mara, emil, django_assert_num_queries, in_scope, count, shown
):
    room = make_room(organisation, mara)
    phones = [room.join(name) for name in ("Zoe", "Änne", "Bo")[:count]]
    room.join("")
    room.join("Emil", membership=emil)
    services.leave_workshop(participant=phones[0].participant)

    with django_assert_num_queries(5):
        page = mara_client.get(url("guest_list", room.workshop.code))

    assert [(row.name, row.in_the_room) for row in page.context["guests"]] == shown
    assert page.content.decode().count("hat den Raum verlassen") == 1
    assert "30 Tage nach dem Workshop" in page.content.decode()


def test_list_without_names_says_so(mara_client, organisation, mara):
    room = room_of(organisation, mara)

    assert (
        "Hier ist kein Name eines Gastes gespeichert."
        in mara_client.get(url("guest_list", room.workshop.code)).content.decode()
    )


def test_erasing_asks_first_and_leads_back_to_the_list(mara_client, organisation, mara):
    room = room_of(organisation, mara, people=2)
    address = url("guest_erase", guest().code)

    asked = mara_client.get(address).content.decode()
    still_there = Participant._base_manager.filter(name="Person 0").exists()
    answer = mara_client.post(address, follow=True)

    assert "„Person 0“ verschwindet sofort aus der Liste" in asked
    assert still_there is True
    assert answer.redirect_chain == [(url("guest_list", room.workshop.code), 302)]
    assert [row.name for row in answer.context["guests"]] == ["Person 1"]
    assert "Der Name ist gelöscht." in answer.content.decode()
    assert "Person 0" not in answer.content.decode(), "nor in a message, which would lie in the session"


def test_pages_lead_to_it(mara_client, organisation, mara, emil, in_scope):
    room = make_room(organisation, mara)
    room.join("Gast")
    room.join("Emil", membership=emil)
    erase, remove = (url(name, guest("Gast").code) for name in ("guest_erase", "participant_remove"))

    assert erase in mara_client.get(remove).content.decode()
    assert "/erase/" not in mara_client.get(url("participant_remove", guest("Emil").code)).content.decode()
    plan = mara_client.get(url("workshop_detail", room.workshop.code)).content.decode()
    assert url("guest_list", room.workshop.code) in plan


def test_a_members_name_is_not_erased_here(mara_client, organisation, mara, emil, in_scope):
    room = make_room(organisation, mara)
    phone = room.join("Emil", membership=emil)

    assert mara_client.post(url("guest_erase", phone.participant.code)).status_code == 404
    with pytest.raises(ValueError, match="account"):
        services.erase_guest(participant=phone.participant, by=mara)
    assert guest("Emil").membership == emil


@pytest.mark.parametrize(("role", "status"), [("max", 403), ("emil", 403), ("fremd", 404)])
def test_others_erase_nothing(request, organisation, mara, role, status):
    room = room_of(organisation, mara, people=1)
    client = request.getfixturevalue(f"{role}_client")

    answers = [
        client.post(url("guest_erase", guest().code)).status_code,
        client.get(url("guest_list", room.workshop.code)).status_code,
    ]

    assert answers == [status, status]
    assert guest().name == "Person 0"


def test_in_an_open_room_only_the_name_goes_and_the_phone_stays_the_same_person(in_scope, mara):
    room = make_room(in_scope, mara).open()
    phone = room.join("Anna", token="t")
    before = Workshop.objects.get().version

    erased = services.erase_guest(participant=phone.participant, by=mara)
    again = services.erase_guest(participant=phone.participant, by=mara)

    workshop = Workshop.objects.get()
    assert (erased.name, erased.token_hash) == ("", phone.participant.token_hash)
    assert again.pk == erased.pk
    assert workshop.version == before + 1, "the second time nothing changed"
    assert workshop.people_erased_at is not None
    assert room.join("Neu", token="t").participant.pk == phone.participant.pk


def test_after_the_end_the_identity_goes_with_the_name_and_figures_stay(in_scope, mara):
    room = make_room(in_scope, mara).open()
    phones = room.answer([[GOOD, GOOD, GOOD]] * 3)
    room.reveal()
    services.close_workshop(workshop=room.workshop, by=mara)
    before = workshop_result(room.workshop)

    erased = services.erase_guest(participant=phones[0].participant, by=mara)

    assert (erased.name, erased.token_hash, erased.department) == ("", "", None)
    assert {row.name for row in guests_with_names(room.workshop)} == {"Person 1", "Person 2"}
    assert workshop_result(room.workshop) == before


def test_in_a_block_with_names_the_answer_stays_without_one(mara_client, in_scope, mara):
    room = make_room(in_scope, mara, is_named=True).open()
    phones = room.answer([[GOOD, GOOD, GOOD]] * 3)
    room.reveal()
    page = reverse("workshops:result_reasons", args=[in_scope.slug, room.workshop.code])
    before = mara_client.get(page).content.decode()

    services.erase_guest(participant=phones[0].participant, by=mara)

    after = mara_client.get(page).content.decode()
    assert before.count("Person 0") == 3
    assert (after.count("Person 0"), after.count("Person 1")) == (0, before.count("Person 1"))
