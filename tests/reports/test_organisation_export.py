"""Everything of an organisation in one ZIP: what its pages show its owner, nothing beyond, and all of it readable."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Attempt
from accounts.services.members import create_invitation
from accounts.tenancy import member_scope
from journeys.models import Persona
from tests.conftest import client_of
from tests.factories import (
    DepartmentFactory,
    MeasureFactory,
    MeasureTouchpointFactory,
    MembershipFactory,
    OrganisationFactory,
    TouchpointFactory,
)
from tests.touchpoints.test_round_trip import contents, take_in
from tests.workshops.support import make_room
from workshops import services
from workshops.enums import Drawer
from workshops.models import Participant, Workshop

BAD, OK, GOOD = Drawer.DISAPPOINTING, Drawer.OK, Drawer.DELIGHTING
HIDDEN, RUNNING, SHOWN = "Grund einer Station mit zwei", "Grund aus einem offenen Block", "Grund, den alle lesen"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def revealed(in_scope, mara):
    """Four raters at the first station, two at the second, nobody at the third; guests with names."""
    room = make_room(in_scope, mara).open()
    phones = [room.join(f"Gast Nummer {number}") for number in range(4)]
    for number, phone in enumerate(phones):
        phone.rate(room.stations[0], GOOD if number else BAD, reason=SHOWN if number == 1 else "")
        if number < 2:
            phone.rate(room.stations[1], BAD, reason=HIDDEN)
    return room.reveal()


def address(organisation):
    return reverse("reports:organisation_export", args=[organisation.slug])


def opened(client, organisation, language="de"):
    """What a reader finds after a download."""
    answer = client.get(address(organisation), headers={"Accept-Language": language})
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def table(zipped, name, delimiter=";"):
    return list(csv.reader(io.StringIO(zipped.read(name).decode("utf-8-sig")), delimiter=delimiter))


def everything(zipped):
    return b"\n".join(zipped.read(name) for name in zipped.namelist()) + "\n".join(zipped.namelist()).encode()


def document(text):
    return json.loads(text) | {"exported_at": ""}


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_download_is_named_and_kept_by_no_cache(olga_client, organisation):
    answer = olga_client.get(address(organisation))
    b"".join(answer.streaming_content)

    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="regio-bahn {timezone.localdate()}.zip"'
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("language", "first", "absent"),
    [
        (
            "de",
            "Alles von „Regio-Bahn Mitte“, geschrieben von der Touchpoint-Werkstatt",
            "Was hier fehlt, und warum",
        ),
        ("en", "Everything of “Regio-Bahn Mitte”, written by Touchpoint-Werkstatt", "What is not here, and why"),
    ],
)
def test_readme_names_every_file_in_the_readers_language(
    olga_client, organisation, revealed, mara, language, first, absent
):
    services.freeze_ist(workshop=revealed.workshop, by=mara)
    revealed.path[0].journey.persona.picture.save("a.jpg", ContentFile(b"\xff\xd8"))

    zipped = opened(olga_client, organisation, language)

    text = zipped.read("README.txt").decode()
    told = re.findall(r"^([\w-]+(?:\.csv|/))\r$", text, re.MULTILINE)
    assert text.startswith(first)
    assert absent in text
    files = {re.sub(r"/.*", "/", name) for name in zipped.namelist()} - {"README.txt"}
    assert (set(told), len(told)) == (files, len(files))
    assert zipped.testzip() is None


def test_catalogue_imports_again_as_it_was(olga_client, organisation, olga):
    department = DepartmentFactory(organisation=organisation, name="Callcenter", kind="provider")
    for number, name in enumerate(["=1+1", "'Ohne", "Zug; spät"]):
        TouchpointFactory(organisation=organisation, name=name, phase="LO", position=number, department=department)
    TouchpointFactory(organisation=organisation, name="Fax", archived_at=timezone.now())
    with member_scope(organisation):
        before = [row for row in contents() if row["name"] != "Fax"]

    zipped = opened(olga_client, organisation)

    other = MembershipFactory(organisation=OrganisationFactory(language="de"), role="owner")
    with member_scope(other.organisation), translation.override("de"):
        take_in(zipped.read("touchpoints.csv"), other)
        assert contents() == before
    assert [row[0] for row in table(zipped, "touchpoints-archive.csv")[1:]] == ["Fax"]


def test_people_settings_paths_and_agendas(olga_client, organisation, olga, mara, revealed):
    department = DepartmentFactory(organisation=organisation, name="=Vertrieb")
    mara.department = department
    with member_scope(organisation):
        mara.save(update_fields=["department"])
        journey = revealed.path[0].journey
        Persona.objects.filter(pk=journey.persona_id).update(name="../Petra", quote="@pünktlich?")
        revealed.path[1].expectation = "+ schnell"
        revealed.path[1].save(update_fields=["expectation"])
        journey.persona.refresh_from_db()
        journey.persona.picture.save("a.jpg", ContentFile(b"\xff\xd8 picture"))

    link = MeasureTouchpointFactory(measure__organisation=organisation, touchpoint=revealed.path[0].touchpoint)
    MeasureFactory(organisation=organisation, title="=Verworfen", status="dropped")

    zipped = opened(olga_client, organisation)

    assert ["Name", "Regio-Bahn Mitte"] in table(zipped, "organisation.csv")
    assert ["Sprache", "Deutsch"] in table(zipped, "organisation.csv")
    assert table(zipped, "departments.csv")[1:] == [["'=Vertrieb", "Abteilung"]]
    assert [row[:4] for row in table(zipped, "members.csv")[1:]] == [
        ["Mara", "mara@example.org", "Moderation (Touchpoint Manager)", "'=Vertrieb"],
        ["Olga", "olga@example.org", "Inhaber/in", ""],
    ]
    heading, persona = table(zipped, "personas.csv")
    assert (persona[heading.index("Name")], persona[2], persona[-1]) == (
        "../Petra", "'@pünktlich?", "personas/001 .. Petra.jpg",
    )  # fmt: skip
    assert zipped.read("personas/001 .. Petra.jpg") == b"\xff\xd8 picture"
    assert table(zipped, "journeys.csv")[1][:2] == [journey.name, "../Petra"]
    assert [(row[1], row[3], row[5]) for row in table(zipped, "stations.csv")[1:]] == [
        ("1", "Station 1", ""), ("2", "Station 2", "'+ schnell"), ("3", "Station 3", ""),
    ]  # fmt: skip
    assert [(row[0], row[2], row[-2]) for row in table(zipped, "measures.csv")[1:]] == [
        (link.measure.title, "Station 1", "Geplant"), ("'=Verworfen", "", "Verworfen"),
    ]  # fmt: skip
    (workshop,) = table(zipped, "workshops.csv")[1:]
    assert (workshop[1], workshop[-1]) == (revealed.workshop.title, f"workshops/001 {revealed.workshop.title}.json")
    (block,) = table(zipped, "blocks.csv")[1:]
    assert block[2:7] == ["Bewerten, verdeckt", "schnell", "nein", "20", "aufgedeckt"]


def test_a_picture_whose_file_is_gone_is_left_out(olga_client, organisation, revealed):
    persona = revealed.path[0].journey.persona
    persona.picture.save("a.jpg", ContentFile(b"\xff\xd8"))
    persona.picture.storage.delete(persona.picture.name)

    zipped = opened(olga_client, organisation)

    assert [name for name in zipped.namelist() if name.startswith("personas/")] == []
    assert table(zipped, "personas.csv")[1][-1] == ""


def test_results_are_the_files_of_their_pages(olga_client, organisation, revealed, mara):
    second = services.start_round(activity=revealed.activity, by=mara)
    services.reveal_activity(activity=second, by=mara)
    services.close_workshop(workshop=revealed.workshop, by=mara)
    baseline = services.freeze_ist(workshop=revealed.workshop, by=mara)
    page = reverse("workshops:result_json", args=[organisation.slug, revealed.workshop.code])
    frozen = reverse("workshops:baseline_json", args=[organisation.slug, baseline.code])

    zipped = opened(olga_client, organisation)

    start = f"workshops/001 {revealed.workshop.title}"
    journey, day = revealed.workshop.cycle.journey.name, f"{timezone.localdate()}"
    for name, shown in {
        f"{start}.json": page,
        f"{start} - Ergebnis nach Runde 1.json": f"{page}?round=1",
        f"baselines/001 {journey} {day}.json": frozen,
    }.items():
        assert document(zipped.read(name)) == document(olga_client.get(shown).content), name
    assert sum(name.endswith(".json") for name in zipped.namelist()) == 3


# --- what is not ------------------------------------------------------------------------------------------------------


def test_nothing_hidden_is_in_it(olga_client, organisation, olga, mara, revealed, fremd):
    """Neither figure nor reason of a station with two ratings, nor a word of a running block, nor who was there."""
    with member_scope(organisation):
        running = make_room(organisation, mara).open()
        for number in range(5):
            running.join(f"Gast am Werk {number}").rate(running.stations[0], GOOD, reason=RUNNING)
        named = make_room(organisation, mara, is_named=True).open()
        for number in range(3):
            named.join(f"Offen Nummer {number}").rate(named.stations[0], GOOD)
        named.reveal()
        _invited, link = create_invitation(email="geladen@example.org", role="employee", department=None, by=olga)
        hashes = [row.token_hash for row in Participant.objects.all()]
        join_codes = list(Workshop.objects.values_list("join_code", flat=True))
    with member_scope(fremd.organisation):
        TouchpointFactory(organisation=fremd.organisation, name="Fremder Touchpoint")

    zipped = opened(olga_client, organisation)

    found = everything(zipped)
    assert SHOWN.encode() in found
    secret = [HIDDEN, RUNNING, "Gast Nummer", "Gast am Werk", "Offen Nummer", "geladen@example.org", olga.user.password]
    secret += [*hashes, *join_codes, link.rsplit("/", 2)[-2], "Fremder Touchpoint", "Fremde GmbH", "fremd@example.org"]
    assert [words for words in secret if words.encode() in found] == []
    result = json.loads(zipped.read(f"workshops/001 {revealed.workshop.title}.json"))
    assert [station["state"] for station in result["stations"]] == ["shown", "hidden", "empty"]
    assert (result["stations"][1]["n"], result["stations"][1]["balance"]) == (None, None)
    assert [row[-1] for row in table(zipped, "workshops.csv")[1:]] == [
        f"workshops/001 {revealed.workshop.title}.json", "", f"workshops/003 {named.workshop.title}.json",
    ]  # fmt: skip


@pytest.mark.parametrize(("role", "status"), [("mara", 403), ("max", 403), ("emil", 403), ("fremd", 404)])
def test_only_an_owner_takes_everything_along(request, organisation, role, status):
    assert request.getfixturevalue(f"{role}_client").get(address(organisation)).status_code == status


def test_an_empty_organisation_has_its_readme_too(olga_client, organisation):
    zipped = opened(olga_client, organisation, "en")

    assert table(zipped, "members.csv", ",")[1][0] == "Olga"
    for name in ("departments", "touchpoints", "personas", "journeys", "stations", "measures", "workshops", "blocks"):
        assert len(table(zipped, f"{name}.csv", ",")) == 1, name


def test_again_and_again_has_to_wait(olga_client, organisation, other_organisation):
    answers = []
    for _number in range(6):
        answer = olga_client.get(address(organisation))
        b"".join(answer.streaming_content) if answer.streaming else answer.content
        answers.append(answer.status_code)
    other = client_of(MembershipFactory(organisation=other_organisation, role="owner"))
    elsewhere = other.get(address(other_organisation))
    b"".join(elsewhere.streaming_content)
    Attempt.objects.update(window_ends_at=timezone.now() - timedelta(seconds=1))
    later = olga_client.get(address(organisation))
    b"".join(later.streaming_content)

    assert answers == [200] * 5 + [429]
    assert (elsewhere.status_code, later.status_code) == (200, 200)


def test_settings_and_removal_lead_to_it(olga_client, organisation):
    for page in ("organisation_edit", "organisation_remove"):
        shown = olga_client.get(reverse(f"accounts:{page}", args=[organisation.slug])).content.decode()
        assert f'href="{address(organisation)}"' in shown, page
