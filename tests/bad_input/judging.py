"""What no answer may be or do, whoever asked for whatever."""

from __future__ import annotations

import io
import re
import time
import traceback
import uuid
import zipfile
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation
from tests.bad_input.asking import Sent
from tests.bad_input.worlds import MARKS, Worlds, tenant_models

SECONDS = 5.0  # of processor time that one answer may take
# A name that every form stores as it was typed.
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9&']*( [A-Za-z0-9&']+)*")


@dataclass
class Tally:
    """What was asked and seen, so that a run that asks nothing does not pass for one that finds nothing."""

    requests: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    created: int = 0
    edited: int = 0
    rated: int = 0
    asked: set[tuple[str, str]] = field(default_factory=set)

    def __str__(self) -> str:
        kept = f"{self.created} rows, {self.edited} edits and {self.rated} answers looked for"
        return f"{self.requests} requests, {dict(sorted(self.statuses.items()))}, {kept}"


def ask(client: Client, sent: Sent, tally: Tally) -> HttpResponseBase:
    """Send a request and see that its answer is one."""
    faults: list[str] = []

    def remember(**given: Any) -> None:
        faults.append(traceback.format_exc(limit=-6))

    got_request_exception.connect(remember)
    begun = time.process_time()
    try:
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent.headers.items()}
        headers["QUERY_STRING"] = sent.query
        if (length := headers.pop("HTTP_CONTENT_LENGTH", None)) is not None:
            headers["CONTENT_LENGTH"] = length
        response = client.generic(sent.method, sent.path, sent.body, sent.content_type, **headers)
        content = content_of(response)
    finally:
        got_request_exception.disconnect(remember)
    taken = time.process_time() - begun
    tally.requests += 1
    tally.statuses[response.status_code] = tally.statuses.get(response.status_code, 0) + 1
    assert not faults, f"a fault of ours\n{faults[-1]}"
    assert response.status_code < 500, f"status {response.status_code}"
    assert b"Traceback (most recent call last)" not in content, "a stack trace"
    assert taken < SECONDS, f"took {taken:.1f} s"
    for name, value in response.items():
        assert not re.search(r"[\r\n\x00]", value), f"line break in {name}"
    response.read_by_test = content  # type: ignore[attr-defined]
    return response


def content_of(response: HttpResponseBase) -> bytes:
    """The body, unpacked where it is an archive; of a live stream nothing: its fragments have tests of their own."""
    if response.streaming:
        content = b"" if response.is_async else b"".join(response.streaming_content)  # type: ignore[attr-defined]
    else:
        content = response.content  # type: ignore[attr-defined]
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return content


def stranger_to(person: str, sequence: list[Sent]) -> str | None:
    """The organisation to which somebody is a stranger. A room's door and a link open to whoever has them."""
    if person != "fremd":
        return "foreign"
    return "own" if all(sent.address.door == "member" for sent in sequence) else None


def check_secrets(response: HttpResponseBase, where: str) -> None:
    """No word of an organisation's."""
    said = response.read_by_test + repr(response.items()).encode()  # type: ignore[attr-defined]
    assert MARKS[where].encode() not in said, f"shows a text of the {where} organisation"


def check_kept(response: HttpResponseBase, sent: Sent, person: str, worlds: Worlds, tally: Tally) -> None:
    """What was accepted is there: the row with the form's code, the name that was typed, the answer that was tapped."""
    if sent.method != "POST" or response.status_code not in (200, 302) or is_sent_away(response):
        return
    given: dict[str, list[Any]] = {}
    for name, value in sent.fields:
        given.setdefault(name, []).append(value)
    single = {name: values[0] for name, values in given.items() if len(values) == 1 and isinstance(values[0], str)}
    if not sent.address.name.endswith(("_remove", "_revoke")):
        check_created(single, sent, tally)
        check_name(single, sent, tally)
    if sent.address.name == "workshops:station_rate" and person == "gast":
        check_rated(single, sent, worlds, tally)


def is_sent_away(response: HttpResponseBase) -> bool:
    """Whether the answer leads to the login, or out of the room."""
    target = response.get("Location") or response.get("HX-Location") or response.get("HX-Redirect") or ""
    return reverse(settings.LOGIN_URL) in target


def rows_with_code(code: str) -> list[Any]:
    found: list[Any] = []
    for model in (Organisation, *tenant_models()):
        if any(each.name == "code" for each in model._meta.fields):
            found += model._base_manager.filter(code=code)
    return found


def check_created(single: dict[str, str], sent: Sent, tally: Tally) -> None:
    """A form that carries the code of the row to be has made it."""
    code = single.get("code", "")
    if sent.address.name.endswith(("_create", "_add")) and re.fullmatch(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", code
    ):
        assert rows_with_code(code), f"accepted, but there is no row with the code {code}"
        tally.created += 1


def check_name(single: dict[str, str], sent: Sent, tally: Tally) -> None:
    """The row of an edit bears the name that was typed."""
    arguments = dict(sent.arguments)
    code = arguments.get("table") or arguments.get("code", "")  # a table's address names its block before it
    if not sent.address.name.endswith("_edit"):
        return
    for name in ("name", "title"):
        if PLAIN.fullmatch(single.get(name, "")):
            rows = rows_with_code(str(uuid.UUID(code)))
            named = [row for row in rows if hasattr(row, name)]
            if named:
                assert getattr(named[0], name) == single[name], f"accepted, but not kept: {name}"
                tally.edited += 1


def check_rated(single: dict[str, str], sent: Sent, worlds: Worlds, tally: Tally) -> None:
    """The answer stands in a ballot of the running block."""
    world = worlds.by_place["own"]
    if single.get("drawer") not in ("0", "5", "10") or dict(sent.arguments)["station"] != str(world.rated.code):
        return
    ballots = apps.get_model("workshops.Ballot")._base_manager.filter(activity=world.activity)
    kept = [ballot.answers.get(str(world.rated.pk), {}).get("drawer") for ballot in ballots]
    assert int(single["drawer"]) in kept, "accepted, but the answer is not in a ballot"
    tally.rated += 1
