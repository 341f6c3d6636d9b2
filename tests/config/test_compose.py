"""What an operator of docker-compose.yml copies from the example and the manual works as written."""

import base64
import re
import sys
import tarfile

import environ
import pytest
import yaml

from config import archive, prepare
from tests.config.running import ROOT

RANDOM = {"hex": bytes.hex, "base64": lambda drawn: base64.b64encode(drawn).decode()}


def recommended(drawn: int) -> str:
    """A secret as env.example says to make one, of random bytes that all happen to be ``drawn``."""
    said = re.search(r"openssl rand -(\w+) (\d+)", (ROOT / "docs/proxy/env.example").read_text())
    assert said is not None
    return RANDOM[said[1]](bytes([drawn]) * int(said[2]))


def filled_in(text: str, values: dict[str, str]) -> str:
    """``text`` of the compose file with its variables as docker-compose fills them in from .env."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: values[found[1]], text)


@pytest.mark.parametrize("drawn", [0x00, 0xFB, 0xFF])
def test_database_url_of_a_recommended_password_leads_to_the_database_with_it(monkeypatch, drawn):
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    password = recommended(drawn)
    values = {"POSTGRES_PASSWORD": password}
    monkeypatch.setenv("DATABASE_URL", filled_in(compose["services"]["web"]["environment"]["DATABASE_URL"], values))

    read = environ.Env().db_url_config(environ.Env().str("DATABASE_URL"))

    database = compose["services"]["database"]["environment"]
    assert len(password) >= 64
    assert {name: read[name] for name in ("HOST", "USER", "PASSWORD", "NAME")} == {
        "HOST": "database",
        "USER": database["POSTGRES_USER"],
        "PASSWORD": filled_in(database["POSTGRES_PASSWORD"], values),
        "NAME": database["POSTGRES_DB"],
    }


def test_database_url_takes_a_percent_encoded_password():
    read = environ.Env().db_url_config("postgres://user:a%2Fb%40c%25d%2B@host:5432/name")

    assert (read["PASSWORD"], read["HOST"], read["NAME"]) == ("a/b@c%d+", "host", "name")


def test_prepare_makes_room_for_the_backup_of_the_manual(db, settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.MEDIA_ROOT = tmp_path / "media"
    named = re.search(r"config\.archive backup /data/(\S+\.tar)`", (ROOT / "docs/operating.md").read_text())
    assert named is not None
    monkeypatch.setattr(sys, "argv", ["prepare"])

    prepare.main()
    archive.backup(tmp_path / named[1])

    assert (tmp_path / "backups").stat().st_mode & 0o777 == 0o700
    with tarfile.open(tmp_path / named[1]) as tar:
        assert "database.dump" in tar.getnames()
