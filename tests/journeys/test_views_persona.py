"""Personas over HTTP."""

import uuid
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled
from PIL import Image

from accounts.models import Organisation
from journeys.forms import PICTURE_BYTES
from journeys.models import Persona
from tests.factories import JourneyFactory, PersonaFactory

ORG = "regio-bahn"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def persona(organisation: Organisation) -> Persona:
    return PersonaFactory(organisation=organisation, name="Petra", quote="Ich will es wissen.")


def url(name: str, persona: Persona | None = None) -> str:
    return reverse(f"journeys:persona_{name}", args=[ORG, persona.code] if persona else [ORG])


def fresh(persona: Persona) -> Persona:
    with scopes_disabled():
        return Persona.objects.get(pk=persona.pk)


def count() -> int:
    with scopes_disabled():
        return Persona.objects.count()


def picture(size: tuple[int, int] = (1200, 600), kind: str = "PNG", **options: object) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return SimpleUploadedFile("Petra im Zug.png", out.getvalue(), content_type=f"image/{kind.lower()}")


def test_persona_create_leads_to_the_card(mara_client: Client) -> None:
    response = mara_client.post(url("create"), {"code": uuid.uuid4(), "version": 1, "name": "Petra", "goals": "Ruhe"})

    with scopes_disabled():
        persona = Persona.objects.get()
    assert (persona.name, persona.goals) == ("Petra", "Ruhe")
    assert (response.status_code, response["Location"]) == (302, url("detail", persona))


def test_persona_create_sent_twice_creates_one(mara_client: Client) -> None:
    data = {"code": uuid.uuid4(), "version": 1, "name": "Petra"}

    first, second = (mara_client.post(url("create"), data) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert count() == 1


def test_persona_create_without_a_name_keeps_what_was_typed(mara_client: Client) -> None:
    response = mara_client.post(url("create"), {"version": 1, "name": "   ", "goals": "Pünktlich im Büro"})

    assert response.status_code == 422
    assert "Pünktlich im Büro" in response.content.decode()
    assert count() == 0


@pytest.mark.parametrize("who", ["max_client", "emil_client"])
def test_personas_are_read_by_all_and_edited_by_few(persona: Persona, who: str, request) -> None:
    client = request.getfixturevalue(who)

    card = client.get(url("detail", persona)).content.decode()

    assert "Ich will es wissen." in card
    assert url("edit", persona) not in card
    assert url("create") not in client.get(url("list")).content.decode()
    assert client.get(url("create")).status_code == 403
    assert client.post(url("edit", persona), {"version": 1, "name": "X"}).status_code == 403
    assert client.post(url("remove", persona)).status_code == 403
    assert fresh(persona).name == "Petra"


def test_persona_of_another_organisation_is_not_found(persona: Persona, fremd_client: Client) -> None:
    for name in ("detail", "edit", "picture"):
        assert fremd_client.get(url(name, persona)).status_code == 404
        assert fremd_client.get(reverse(f"journeys:persona_{name}", args=["fremde", persona.code])).status_code == 404


def test_persona_edit_saves(persona: Persona, mara_client: Client) -> None:
    response = mara_client.post(url("edit", persona), {"version": 1, "name": "Petra Berger"})

    assert response["Location"] == url("detail", persona)
    assert (fresh(persona).name, fresh(persona).version) == ("Petra Berger", 2)


def test_persona_edit_by_two_shows_both_and_saves_on_the_second_try(
    persona: Persona, mara_client: Client, olga_client: Client
) -> None:
    olga_client.post(url("edit", persona), {"version": 1, "name": "Petra", "goals": "Olgas Ziel"})

    answer = mara_client.post(url("edit", persona), {"version": 1, "name": "Petra", "goals": "Maras Ziel"})
    text = answer.content.decode()

    assert answer.status_code == 409
    assert fresh(persona).goals == "Olgas Ziel"
    assert "Olgas Ziel" in text
    assert "Maras Ziel" in text
    assert '<input type="hidden" name="version" value="2" id="id_version">' in text
    assert (
        mara_client.post(url("edit", persona), {"version": 2, "name": "Petra", "goals": "Maras Ziel"}).status_code
        == 302
    )
    assert fresh(persona).goals == "Maras Ziel"


def test_persona_remove_is_refused_while_a_journey_has_it(persona: Persona, mara_client: Client) -> None:
    JourneyFactory(organisation=persona.organisation, persona=persona)

    response = mara_client.post(url("remove", persona), follow=True)

    assert "bleibt: Eine Journey wird mit diesen Augen gesehen." in response.content.decode()
    assert count() == 1


def test_persona_remove_takes_the_picture_along(
    persona: Persona, mara_client: Client, django_capture_on_commit_callbacks
) -> None:
    mara_client.post(url("edit", persona), {"version": 1, "name": "Petra", "picture": picture()})
    path = Path(fresh(persona).picture.path)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        mara_client.post(url("remove", persona))

    assert count() == 0
    assert not path.exists()


def test_persona_remove_needs_a_post(persona: Persona, mara_client: Client) -> None:
    assert mara_client.get(url("remove", persona)).status_code == 405


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_kept_small_without_metadata_and_under_a_random_name(
    persona: Persona, mara_client: Client, emil_client: Client, kind: str
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Petra Berger, Kassel"

    mara_client.post(url("edit", persona), {"version": 1, "name": "Petra", "picture": picture(kind=kind, exif=exif)})
    response = emil_client.get(url("picture", persona))
    sent = Image.open(BytesIO(response.content))

    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert (sent.format, sent.size, dict(sent.getexif())) == ("JPEG", (800, 400), {})
    assert "Petra" not in fresh(persona).picture.name


def test_picture_that_lies_on_its_side_is_turned_upright(persona: Persona, mara_client: Client) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    mara_client.post(
        url("edit", persona), {"version": 1, "name": "Petra", "picture": picture((400, 200), "JPEG", exif=exif)}
    )

    with Image.open(fresh(persona).picture.path) as kept:
        assert kept.size == (200, 400)


def test_picture_can_be_removed(persona: Persona, mara_client: Client, django_capture_on_commit_callbacks) -> None:
    mara_client.post(url("edit", persona), {"version": 1, "name": "Petra", "picture": picture()})
    path = Path(fresh(persona).picture.path)

    with django_capture_on_commit_callbacks(execute=True):
        mara_client.post(url("edit", persona), {"version": 2, "name": "Petra", "remove_picture": "on"})

    assert not fresh(persona).picture
    assert not path.exists()
    assert mara_client.get(url("picture", persona)).status_code == 404


def bomb() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    return SimpleUploadedFile("bomb.png", out.getvalue(), content_type="image/png")


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (
            lambda: SimpleUploadedFile("a.png", b"<svg onload=alert(1)>"),
            "Diese Datei ist kein Bild, das wir lesen können.",
        ),
        (
            lambda: SimpleUploadedFile("a.jpg", picture().read()[:900]),
            "Diese Datei ist kein Bild, das wir lesen können.",
        ),
        (lambda: picture(kind="GIF"), "Diese Datei ist kein Bild, das wir lesen können."),
        (lambda: SimpleUploadedFile("a.jpg", b"x" * (PICTURE_BYTES + 1)), "Das Bild ist größer als 5 MB."),
        (bomb, "Das Bild hat zu viele Pixel."),
    ],
    ids=["markup", "torn", "gif", "large", "bomb"],
)
def test_bad_picture_gives_a_sentence_and_loses_nothing(mara_client: Client, upload, sentence: str) -> None:
    response = mara_client.post(
        url("create"), {"version": 1, "name": "Petra", "goals": "Pünktlich im Büro", "picture": upload()}
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert "Pünktlich im Büro" in text
    assert count() == 0


def test_a_good_picture_beside_another_mistake_is_asked_for_again(mara_client: Client) -> None:
    response = mara_client.post(url("create"), {"version": 1, "name": "", "picture": picture()})

    assert "Bitte wählen Sie das Bild noch einmal aus." in response.content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_persona_list_takes_the_same_queries(
    organisation: Organisation, mara_client: Client, many: int, django_assert_num_queries
) -> None:
    PersonaFactory.create_batch(many, organisation=organisation)

    with django_assert_num_queries(4):
        response = mara_client.get(url("list"))

    assert response.content.decode().count("persona-tile") == many


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Zuletzt geprüft am 22. November 2026"), ("en", "Last checked on 22 November 2026")]
)
def test_the_day_of_the_last_check_is_kept_and_told_in_both_languages(
    persona: Persona, mara_client: Client, language: str, words: str
) -> None:
    mara_client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    typed = {"code": persona.code, "version": 1, "name": "Petra", "evidence": "12 Gespräche"}

    mara_client.post(url("edit", persona), {**typed, "evidence_date": "2026-11-22"})

    assert fresh(persona).evidence_date == date(2026, 11, 22)
    assert words in mara_client.get(url("detail", persona)).content.decode()
    assert 'type="date" name="evidence_date" value="2026-11-22"' in form_of(mara_client, persona)


def form_of(client: Client, persona: Persona) -> str:
    return " ".join(client.get(url("edit", persona)).content.decode().split())
