"""The curve as PNG: the same drawing as the SVG, sharp, and never the reason why a page fails."""

from __future__ import annotations

import io
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Membership, Organisation
from tests.workshops.support import Room, make_room
from workshops import services
from workshops.exports import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(in_scope: Organisation, mara: Membership) -> Room:
    room = make_room(in_scope, mara).open()
    room.answer([[0, 5, 10]] * 4)
    return room.reveal()


def address(room: Room, file: str = "png") -> str:
    return reverse(f"workshops:result_{file}", args=[room.workshop.organisation.slug, room.workshop.code])


def test_it_is_the_svg_twice_as_sharp(max_client: Client, room: Room):
    drawn = ET.fromstring(max_client.get(address(room, "svg")).content)  # noqa: S314 - our own drawing

    response = max_client.get(address(room))

    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Content-Disposition"].endswith('.png"')
    image = Image.open(io.BytesIO(response.content)).convert("RGB")
    sides = (float(drawn.attrib["width"]), float(drawn.attrib["height"]))
    assert [abs(pixels - 2 * side) <= 2 for pixels, side in zip(image.size, sides, strict=True)] == [True, True]
    assert image.getpixel((4, 4)) == (255, 255, 255)
    # The drawers' colours, which no other part of the drawing has.
    colours = {colour for _count, colour in image.getcolors(1 << 24) or []}
    assert {(0x15, 0x7A, 0x68), (0xBF, 0x3F, 0x2B)} <= colours


def test_its_words_are_drawn(max_client: Client, room: Room):
    """A journey of a longer name leaves more ink in the line of the title."""
    journey = room.workshop.cycle.journey
    ink = []
    for name in ("Weg", "Größere Wege über Übergänge"):
        type(journey).objects.filter(pk=journey.pk).update(name=name)
        image = Image.open(io.BytesIO(max_client.get(address(room)).content)).convert("L")
        line = image.crop((0, 40, image.width, 110))
        ink.append(sum(count for count, value in line.getcolors(256) if value < 128))
    assert ink[1] > 3 * ink[0] > 0


def test_an_ist_stand_has_one(max_client: Client, room: Room):
    baseline = services.freeze_ist(workshop=room.workshop, by=room.mara)
    page = reverse("workshops:baseline_png", args=[room.workshop.organisation.slug, baseline.code])
    response = max_client.get(page)
    assert response["Content-Type"] == "image/png"
    assert response.content == max_client.get(page).content


def test_a_picture_that_cannot_be_drawn_leads_back(max_client: Client, room: Room, monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no')")
    monkeypatch.setattr(picture, "_RASTERISE", broken)
    baseline = services.freeze_ist(workshop=room.workshop, by=room.mara)
    slug = room.workshop.organisation.slug
    for page in (address(room), reverse("workshops:baseline_png", args=[slug, baseline.code])):
        response = max_client.get(page, follow=True)
        assert response.status_code == 200
        assert "Das Bild ließ sich gerade nicht zeichnen." in response.content.decode()


def test_a_very_long_path_is_drawn_with_fewer_pixels():
    assert picture._sharpness('<svg xmlns="x" width="1000" height="600">') == 2
    assert picture._sharpness('<svg xmlns="x" width="1000" height="160000">') == 0.5


def test_without_fonts_it_still_draws(tmp_path: Path):
    """resvg with no font at all leaves the words out and does not fail."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text y="15">Größe 🚆</text></svg>'
    draw = "resvg_py.svg_to_bytes(svg_string=sys.argv[1], skip_system_fonts=True)"
    code = f"import resvg_py, sys; sys.stdout.buffer.write(bytes({draw}))"
    done = subprocess.run([sys.executable, "-I", "-c", code, svg], capture_output=True, check=True, cwd=tmp_path)
    assert Image.open(io.BytesIO(done.stdout)).size == (80, 20)
