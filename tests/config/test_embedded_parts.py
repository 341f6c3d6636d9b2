"""The parts of the embedded services that need no process."""

import gettext
import os
import socket
import string
import tarfile
from pathlib import Path

import pytest

from config import archive
from config.embedded import network
from config.embedded.urls import broker_url, discover, socket_dir
from config.embedded.words import WORDS, RefusalError, say
from config.messages import compile_messages

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Station"
msgstr "{}"
"""


def test_discover_names_sockets_below_the_data_directory():
    urls = discover(Path("/srv/tpw/var"))

    assert urls.database == "postgres://postgres@/touchpoint?host=/srv/tpw/var/run"
    assert urls.redis == "unix:///srv/tpw/var/run/valkey.sock?db=0"


@pytest.mark.parametrize("name", ["x" * 90, "with blank", "a,b", "größe"])
def test_socket_dir_of_a_long_or_odd_path_is_short_and_plain(name):
    where = socket_dir(Path("/srv") / name)

    assert where.parent == Path("/tmp")  # noqa: S108
    assert where != socket_dir(Path("/srv") / f"{name}2")
    assert where.name.removeprefix("touchpoint-").isalnum()


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://bus:6379/1", "redis://bus:6379/1"),
        ("unix:///srv/run/valkey.sock?db=3", "redis+socket:///srv/run/valkey.sock?virtual_host=3"),
        ("unix:///srv/run/valkey.sock", "redis+socket:///srv/run/valkey.sock?virtual_host=0"),
    ],
)
def test_broker_url(url, broker):
    assert broker_url(url) == broker


@pytest.mark.parametrize("key", sorted(WORDS))
def test_words_both_languages_name_the_same_values(key):
    english, german = ({field for _, field, _, _ in string.Formatter().parse(text) if field} for text in WORDS[key])

    assert english == german
    assert WORDS[key][0] != WORDS[key][1]


@pytest.mark.parametrize(("lang", "sentence"), [("de_AT.UTF-8", "Wird beendet …"), ("fr_FR.UTF-8", "Stopping …")])
def test_say_follows_the_terminal(monkeypatch, lang, sentence):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)

    assert say("stopping") == sentence


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("127.0.0.1", 8000, "http://127.0.0.1:8000"),
        ("::1", 8000, "http://[::1]:8000"),
        ("10.0.0.5", 80, "http://10.0.0.5"),
    ],
)
def test_url(host, port, address):
    assert network.url(host, port) == address


def test_claim_port_used_is_refused(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]

        with pytest.raises(RefusalError) as refusal:
            network.claim_port("127.0.0.1", port)

    assert str(refusal.value) == f"Port {port} on 127.0.0.1 is already in use; choose another one with --port."


def test_claim_port_zero_finds_one():
    assert 1024 < network.claim_port("127.0.0.1", 0) < 65536


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_claim_port_of_a_foreign_address_is_refused(host):
    with pytest.raises(RefusalError) as refusal:
        network.claim_port(host, 8000)

    assert refusal.value.key == "host_unknown"


def catalogue(locale_dir: Path, word: str) -> Path:
    source = locale_dir / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(CATALOGUE.format(word))
    return source


def test_compile_messages_writes_what_gettext_reads(tmp_path):
    catalogue(tmp_path, "Haltestelle")

    written = compile_messages(tmp_path)

    assert written == [tmp_path / "de/LC_MESSAGES/django.mo"]
    assert gettext.translation("django", tmp_path, ["de"]).gettext("Station") == "Haltestelle"


def test_compile_messages_only_when_newer(tmp_path):
    source = catalogue(tmp_path, "Halt")
    compile_messages(tmp_path)

    assert compile_messages(tmp_path) == []
    os.utime(source, (source.stat().st_mtime + 5,) * 2)
    assert compile_messages(tmp_path) == [source.with_suffix(".mo")]


@pytest.mark.parametrize(
    ("name", "kind", "ours"),
    [
        ("database.dump", tarfile.REGTYPE, True),
        ("files/personas/a.png", tarfile.REGTYPE, True),
        ("files/personas", tarfile.DIRTYPE, True),
        ("files/../../etc/passwd", tarfile.REGTYPE, False),
        ("/files/a", tarfile.REGTYPE, False),
        ("files/link", tarfile.SYMTYPE, False),
        ("files/pipe", tarfile.FIFOTYPE, False),
        ("secret_key", tarfile.LNKTYPE, False),
        ("something", tarfile.REGTYPE, False),
        ("", tarfile.REGTYPE, False),
    ],
)
def test_belongs_only_what_a_backup_holds(name, kind, ours):
    member = tarfile.TarInfo(name)
    member.type = kind

    assert archive.belongs(member) is ours
