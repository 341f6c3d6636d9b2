"""People who give their last answer at the same moment do not wait for each other in a circle."""

import threading

import pytest
from django.db import connection, transaction

from accounts.tenancy import member_scope
from tests.workshops.support import Room, make_room
from workshops.enums import Drawer
from workshops.models import Participation

PEOPLE = 6


@pytest.mark.django_db(transaction=True)
def test_everybody_finishes_at_once(organisation, mara):
    with member_scope(organisation):
        room = make_room(organisation, mara, stations=2).open()
        phones = [room.join(f"Person {number}") for number in range(PEOPLE)]
        first, last = room.stations
        for phone in phones:
            phone.rate(first, Drawer.OK)
    together, refused = threading.Barrier(PEOPLE), []

    def finish(phone):
        try:
            with member_scope(organisation):
                together.wait()
                phone.rate(last, Drawer.DELIGHTING)
        except Exception as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=finish, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == []
    with member_scope(organisation):
        assert Participation.objects.filter(activity=room.activity, finished=True).count() == PEOPLE


@pytest.mark.django_db(transaction=True)
def test_a_rating_locks_neither_workshop_nor_other_people(organisation, mara):
    with member_scope(organisation):
        room: Room = make_room(organisation, mara, stations=2).open()
        phone = room.join()
        station = room.stations[0]
        phone.rate(station, Drawer.OK)
    free = threading.Event()

    def change_the_title():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            cursor.execute("UPDATE workshops_workshop SET title = 'x' WHERE id = %s", [room.workshop.pk])
        connection.close()
        free.set()

    with member_scope(organisation), transaction.atomic():
        phone.rate(station, Drawer.DELIGHTING)
        thread = threading.Thread(target=change_the_title)
        thread.start()
        thread.join()

    assert free.is_set()
