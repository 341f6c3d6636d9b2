"""Who gets which answer at every address: written by hand from the design's table, address by address.

The list of addresses only checks that no row is missing. ``gast`` is a guest of the running workshop, without a login.
Where somebody is let in, any answer is right that is neither the login nor 403, 404 or 405.
"""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.tenancy import member_scope
from tests.conftest import client_of
from tests.guards.test_views_are_stamped import OWN
from tests.world import address
from workshops.models import Participant

PEOPLE = ("anonymous", "gast", "emil", "max", "mara", "olga", "fremd")
LOGIN, FORBIDDEN, NOT_FOUND = "login", 403, 404

MEMBERS = {"emil", "max", "mara", "olga"}
READERS = {"max", "mara", "olga"}
MODERATORS = {"mara", "olga"}
OWNER = {"olga"}
EVERYBODY = set(PEOPLE)


@dataclass(frozen=True)
class Row:
    """How to ask, for what, and who is let in; ``others`` are answers of people outside that rule."""

    method: str
    needs: str
    let_in: frozenset[str]
    others: tuple[tuple[str, object], ...] = ()

    def expected(self, person: str) -> object:
        """What ``person`` gets: "in", the login, or a status."""
        if person in dict(self.others):
            return dict(self.others)[person]
        if person in self.let_in:
            return "in"
        return {"anonymous": LOGIN, "gast": LOGIN, "fremd": NOT_FOUND}.get(person, FORBIDDEN)


def get(needs, let_in, **others):
    return Row("get", needs, frozenset(let_in), tuple(others.items()))


def post(needs, let_in, **others):
    return Row("post", needs, frozenset(let_in), tuple(others.items()))


TABLE = {
    # accounts
    "accounts:landing": get("", EVERYBODY),
    "accounts:stored_data": get("", EVERYBODY),
    "accounts:setup": get("setup", EVERYBODY),
    "accounts:organisation_list": get("", MEMBERS | {"fremd"}),
    "accounts:organisation_create": get("", {"olga", "fremd"}),
    "accounts:invitation_accept": get("invitation_token", EVERYBODY),
    "accounts:organisation_edit": get("org", OWNER),
    "accounts:organisation_remove": get("org", OWNER),
    "accounts:member_list": get("org", MODERATORS),
    "accounts:member_edit": get("org member", OWNER),
    "accounts:member_remove": get("org member", OWNER),
    "accounts:member_password_link": post("org member", OWNER),
    "accounts:member_export": get("org member", OWNER),
    "accounts:invitation_create": post("org", OWNER),
    "accounts:invitation_revoke": post("org invitation", OWNER),
    "accounts:department_list": get("org", MODERATORS),
    "accounts:department_create": post("org", MODERATORS),
    "accounts:department_edit": get("org department", MODERATORS),
    "accounts:department_merge": post("org department", MODERATORS),
    "accounts:department_remove": get("org department", MODERATORS),
    # touchpoints
    "touchpoints:touchpoint_list": get("org", MEMBERS),
    "touchpoints:after_sales_list": get("org", MEMBERS),
    "touchpoints:archive_list": get("org", MEMBERS),
    "touchpoints:touchpoint_bulk": post("org", MODERATORS),
    "touchpoints:duplicate_list": get("org", MODERATORS),
    "touchpoints:duplicate_dismiss": post("org", MODERATORS),
    "touchpoints:history_export": get("org", READERS),
    "touchpoints:touchpoint_create": post("org", MODERATORS),
    "touchpoints:touchpoint_move": post("org", MODERATORS),
    "touchpoints:touchpoint_export": get("org", READERS),
    "touchpoints:touchpoint_export_workbook": get("org", READERS),
    "touchpoints:starter_list": get("org", MODERATORS),
    "touchpoints:starter_add": post("org", MODERATORS),
    "touchpoints:import_create": get("org", MODERATORS),
    # an upload belongs to whoever uploaded it until it is taken in
    "touchpoints:import_columns": get("org upload", {"mara"}, olga=NOT_FOUND),
    "touchpoints:import_values": get("org upload", {"mara"}, olga=NOT_FOUND),
    "touchpoints:import_preview": get("org upload", {"mara"}, olga=NOT_FOUND),
    "touchpoints:import_confirm": post("org upload", {"mara"}, olga=NOT_FOUND),
    "touchpoints:touchpoint_edit": get("org touchpoint", MEMBERS),
    "touchpoints:touchpoint_history": get("org touchpoint", MEMBERS),
    "touchpoints:touchpoint_merge": get("org touchpoint twin", MODERATORS),
    "touchpoints:touchpoint_archive": post("org touchpoint", MODERATORS),
    "touchpoints:touchpoint_restore": post("org touchpoint", MODERATORS),
    "touchpoints:touchpoint_remove": post("org touchpoint", MODERATORS),
    # journeys
    "journeys:persona_list": get("org", MEMBERS),
    "journeys:persona_create": get("org", MODERATORS),
    "journeys:persona_detail": get("org persona", MEMBERS),
    "journeys:persona_edit": get("org persona", MODERATORS),
    "journeys:persona_remove": post("org persona", MODERATORS),
    "journeys:persona_picture": get("org persona", MEMBERS),
    "journeys:journey_list": get("org", MEMBERS),
    "journeys:journey_create": get("org", MODERATORS),
    "journeys:journey_board": get("org journey", MEMBERS),
    "journeys:journey_changes": get("org journey", MEMBERS),
    "journeys:journey_edit": get("org journey", MODERATORS),
    "journeys:journey_remove": post("org journey", MODERATORS),
    "journeys:station_add": post("org journey", MODERATORS),
    "journeys:station_add_all": post("org journey", MODERATORS),
    "journeys:station_edit": get("org journey station", MEMBERS),
    "journeys:station_move": post("org journey station", MODERATORS),
    "journeys:station_remove": post("org journey station", MODERATORS),
    # workshops, the organisation's side
    "workshops:home": get("org", MEMBERS),
    "workshops:after_sales_list": get("org", READERS),
    "workshops:measure_list": get("org", MEMBERS),
    "workshops:measure_create": get("org", MODERATORS),
    "workshops:measure_export": get("org", READERS),
    "workshops:measure_xlsx": get("org", READERS),
    "workshops:measure_detail": get("org measure", MEMBERS),
    "workshops:measure_edit": get("org measure", MODERATORS),
    # Emil is responsible for it, and may say where it stands
    "workshops:measure_status": post("org measure", MODERATORS | {"emil"}),
    "workshops:measure_remove": post("org measure", MODERATORS),
    "workshops:workshop_list": get("org", MEMBERS),
    "workshops:workshop_create": get("org", MODERATORS),
    "workshops:workshop_detail": get("org workshop", MODERATORS),
    "workshops:workshop_edit": get("org workshop", MODERATORS),
    "workshops:workshop_invite": get("org workshop", MODERATORS),
    "workshops:workshop_console": get("org workshop", MODERATORS),
    "workshops:console_parts": get("org workshop", MODERATORS),
    "workshops:console_people": get("org workshop", MODERATORS),
    "workshops:workshop_projector": get("org workshop", MODERATORS),
    "workshops:workshop_stream": get("org workshop", MODERATORS),
    "workshops:workshop_poll": get("org workshop", MODERATORS),
    "workshops:workshop_result": get("org workshop", READERS),
    "workshops:result_reasons": get("org workshop", READERS),
    "workshops:result_analysis": get("org workshop", READERS),
    "workshops:result_export": get("org closed", READERS),
    "workshops:result_xlsx": get("org closed", READERS),
    "workshops:result_json": get("org closed", READERS),
    "workshops:result_svg": get("org closed", READERS),
    "workshops:result_png": get("org closed", READERS),
    "workshops:workshop_spectators": post("org workshop", MODERATORS),
    "workshops:workshop_close": post("org workshop", MODERATORS),
    "workshops:activity_create": get("org workshop", MODERATORS),
    "workshops:activity_edit": get("org planned", MODERATORS),
    "workshops:activity_remove": post("org planned", MODERATORS),
    "workshops:activity_open": post("org planned", MODERATORS),
    "workshops:activity_pause": post("org running", MODERATORS),
    "workshops:activity_resume": post("org running", MODERATORS),
    "workshops:activity_extend": post("org running", MODERATORS),
    "workshops:activity_reveal": post("org running", MODERATORS),
    "workshops:activity_deadline": get("org planned", MODERATORS),
    "workshops:activity_remind": get("org running", MODERATORS),
    "workshops:activity_end": post("org running", MODERATORS),
    "workshops:table_create": get("org running", MODERATORS),
    "workshops:table_edit": get("org running table", MODERATORS),
    "workshops:table_remove": post("org running table", MODERATORS),
    "workshops:round_discard": post("org workshop", MODERATORS),
    "workshops:round_start": post("org running", MODERATORS),
    "workshops:result_show": post("org running", MODERATORS),
    "workshops:result_hide": post("org workshop", MODERATORS),
    "workshops:steering_take": post("org workshop", MODERATORS),
    "workshops:guest_list": get("org workshop", MODERATORS),
    "workshops:guest_erase": post("org participant", MODERATORS),
    "workshops:participant_remove": post("org participant", MODERATORS),
    "workshops:participant_rating": post("org participant", MODERATORS),
    "workshops:ist_freeze": get("org closed", MODERATORS),
    "workshops:baseline_detail": get("org baseline", MEMBERS),
    "workshops:baseline_analysis": get("org baseline", MEMBERS),
    "workshops:baseline_export": get("org baseline", READERS),
    "workshops:baseline_xlsx": get("org baseline", READERS),
    "workshops:baseline_json": get("org baseline", READERS),
    "workshops:baseline_svg": get("org baseline", READERS),
    "workshops:baseline_png": get("org baseline", READERS),
    # reports
    "reports:organisation_export": get("org", OWNER),
    "reports:report_list": get("org", READERS),
    "reports:report_create": post("org closed", READERS),
    "reports:report_detail": get("org report", READERS),
    "reports:report_download": get("org report", READERS),
    # the room's side: whoever has the code may come in, and only who is in gets further than the door
    "workshops:join": get("", EVERYBODY),
    "workshops:join_short": get("code", EVERYBODY),
    "workshops:room": get("code", EVERYBODY),
    "workshops:room_enter": post("code", EVERYBODY),
    "workshops:room_leave": post("code", {"gast"}),
    "workshops:room_stream": get("code", {"gast"}),
    "workshops:room_poll": get("code", {"gast"}),
    "workshops:room_seen": post("code", {"gast"}),
    "workshops:ballot_detail": get("code", {"gast"}),
    "workshops:station_rate": post("code rated", {"gast"}),
}
# What has to be sent along, so that the address finds what it is about.
SENT = {
    "touchpoints:touchpoint_move": lambda world: {"down": f"{world.station.touchpoint.code}.0"},
    "touchpoints:duplicate_dismiss": lambda world: {"first": world.station.touchpoint.code, "second": world.twin.code},
}
# At these addresses somebody who is not in the room is led to its page.
LED_TO_THE_ROOM = {name for name, row in TABLE.items() if row.let_in == {"gast"}}


def browser(person, world):
    """Return the browser of ``person``; the guest's holds the cookie that the door gave out."""
    if person in world.people:
        return client_of(world.people[person])
    client = Client()
    if person == "gast":
        enter_as_guest(client, world)
    return client


def enter_as_guest(client, world):
    """Join through the door, as a phone does."""
    url = reverse("workshops:room_enter", kwargs={"code": world.running.join_code})
    response = client.post(url, {"name": "Gast", "key": str(uuid.uuid4())})
    assert response.status_code == 302
    with member_scope(world.organisation):
        assert Participant.objects.filter(workshop=world.running).count() >= 1


def outcome(response):
    """Return "in", "login", or the status that kept somebody out."""
    if response.status_code in (301, 302) and response["Location"].startswith(reverse("account_login")):
        return LOGIN
    return response.status_code if response.status_code in (403, 404, 405) else "in"


def test_everybody_gets_the_answer_of_the_table(world, subtests):
    browsers = {person: browser(person, world) for person in PEOPLE}
    for name, row in TABLE.items():
        for person, client in browsers.items():
            with subtests.test(name, person=person), undone_afterwards():
                check(name, row, person, client, world)


def check(name, row, person, client, world):
    """Ask as ``person`` and compare."""
    response = getattr(client, row.method)(address(name, row.needs, world), SENT.get(name, lambda world: {})(world))
    if name in LED_TO_THE_ROOM and person != "gast":
        room = reverse("workshops:room", kwargs={"code": world.running.join_code})
        assert (response.status_code, response["Location"]) == (302, room)
    else:
        assert outcome(response) == row.expected(person)
    if response.streaming and not response.is_async:
        b"".join(response.streaming_content)  # closes the file


@contextmanager
def undone_afterwards():
    """What one person may remove must be there for the next."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


def test_no_row_is_missing():
    names = {f"{view.__module__.split('.')[0]}:{name}" for _path, name, view in OWN}

    assert set(TABLE) == names
