"""A request, drawn by hypothesis in words that mean the same in every run, and what goes over the wire."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus

from django import forms
from hypothesis import strategies as st

from tests.bad_input import values
from tests.bad_input.addresses import Address
from tests.bad_input.pages import Field, Form
from tests.bad_input.values import HOSTILE, Row, Upload, Value
from tests.bad_input.worlds import MARKS, Worlds, session_cookie

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get")
NEVER_IN_A_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
BOUNDARY = "----xYzZY"


@dataclass(frozen=True)
class FromPage:
    """A value that the form on the page offers; the index counts from the one it holds."""

    index: int


@dataclass(frozen=True)
class Part:
    """One pair of name and value."""

    name: str
    value: Value | FromPage | None
    page: tuple[str, int, int] | None = None  # address, form, field: where FromPage looks


@dataclass(frozen=True)
class Request:
    """What somebody asks. ``arguments`` is "own", "foreign", "mixed" or a value for each."""

    address: str
    method: str
    arguments: str
    replaced: tuple[tuple[str, Value], ...] = ()
    query: tuple[Part, ...] = ()
    body: tuple[Part, ...] | bytes = ()
    content_type: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sent:
    """The same in bytes."""

    address: Address
    method: str
    path: str
    query: str
    body: bytes
    content_type: str
    headers: dict[str, str]
    cookies: dict[str, str]
    fields: tuple[tuple[str, str | Upload], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()


ODD_TYPES = st.sampled_from(
    [
        "", "text/plain", "application/json", "application/xml", "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 300, f"multipart/form-data; boundary={BOUNDARY}; charset=utf-7",
        "application/x-www-form-urlencoded; charset=klingon", "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=latin-1", "x", ";;;", "multipart/mixed; boundary=a",
        "application/x-www-form-urlencoded\r\nX-Evil: 1", "text/html; charset=\x00",
    ]
)  # fmt: skip
HEADERS = st.one_of(
    st.just(("HX-Request", "true")),
    st.just(("HX-Request", "true")),
    st.just(("HX-Boosted", "true")),
    st.just(("X-Poll", "1")),
    st.just(("Accept", "text/event-stream")),
    st.tuples(
        st.sampled_from(
            ["HX-Target", "HX-Trigger", "HX-Trigger-Name", "HX-Current-URL", "HX-Prompt", "HX-Trigger-URI-AutoEncoded"]
        ),
        HOSTILE,
    ),
    st.tuples(
        st.sampled_from(
            [
                "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Expect", "Forwarded",
                "Host", "If-Match", "If-Modified-Since", "If-None-Match", "Last-Event-ID", "Origin", "Range", "Referer",
                "User-Agent", "X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Poll",
                "X-HTTP-Method-Override", "X-Request-ID", "X-Requested-With", "Transfer-Encoding", "Upgrade",
            ]
        ),
        HOSTILE,
    ),
    st.tuples(st.just("Referer"), st.sampled_from(["http://[", "http://testserver/o/regio-bahn/", "//[::1"])),
    st.tuples(
        st.just("Accept-Language"),
        st.sampled_from(["de;q=1.5", "*", "x" * 600, ",;,;q=", "zz-ZZ-zz", "en-" + "a-" * 200, "de_DE", "q=0", "ü"]),
    ),
    st.tuples(st.just("Content-Length"), st.sampled_from(["0", "1", "99999999999"])),
    st.tuples(st.just("X-Forwarded-For"), st.sampled_from(["1.2.3.4", "::1", "999.1.1.1", ",,,", "a" * 5_000])),
)  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What the strategies choose from: found once, before anything is drawn."""

    addresses: dict[str, Address]
    pages: dict[str, list[Form]]
    form_fields: dict[str, dict[str, list[forms.Field]]]
    models: list[str]

    def fields_of(self, address: Address) -> dict[str, list[forms.Field]]:
        return self.form_fields.get(address.name.partition(":")[0], {})


@st.composite
def requests(draw: st.DrawFn, choices: Choices, name: str) -> Request:
    """A request to one address: mostly as a page would send it, and then something about it is wrong."""
    address = choices.addresses[name]
    method = draw(st.sampled_from([*address.methods * 12, *METHODS]))
    arguments = draw(st.sampled_from(["own"] * 6 + ["foreign", "mixed"]))
    given = Request(name, method, arguments)
    if address.arguments and draw(st.integers(0, 9)) >= 7:
        what = draw(st.sampled_from(address.arguments))
        other = st.one_of(HOSTILE, values.rows_of(choices.models), st.uuids(version=4).map(str))
        given = replace(given, replaced=((what, draw(other)),))
    if method == "GET" or draw(st.integers(0, 9)) == 9:
        given = replace(given, query=tuple(draw(parts(choices, address, "get"))))
    if method != "GET":
        given = draw(with_body(choices, address, given))
    headers = tuple(draw(st.lists(HEADERS, max_size=2))) if draw(st.booleans()) else ()
    return replace(given, headers=headers, cookies=draw(odd_cookies()))


@st.composite
def with_body(draw: st.DrawFn, choices: Choices, address: Address, given: Request) -> Request:
    """The request with a form in its body, or with something else."""
    kind = draw(st.sampled_from(["form"] * 6 + ["multipart"] * 3 + ["odd type", "json", "bytes"]))
    if kind == "json":
        return replace(given, body=draw(values.JSON_BODIES), content_type="application/json")
    if kind == "bytes":
        return replace(given, body=draw(st.binary(max_size=60)), content_type=draw(ODD_TYPES))
    body = tuple(draw(parts(choices, address, "post")))
    if kind == "odd type":
        return replace(given, body=body, content_type=draw(ODD_TYPES))
    uploads = any(isinstance(part.value, Upload) for part in body)
    return replace(
        given, body=body, content_type="multipart/form-data" if uploads or kind == "multipart" else given.content_type
    )


@st.composite
def parts(draw: st.DrawFn, choices: Choices, address: Address, method: str) -> list[Part]:
    """The fields of one of the forms that lead here, with nothing or up to three things wrong."""
    known = [(number, form) for number, form in enumerate(choices.pages.get(address.name, [])) if form.method == method]
    by_name = choices.fields_of(address)
    if known and draw(st.integers(0, 9)) < 9:
        number, form = draw(st.sampled_from(known))
        found = draw(as_the_page_sends(form, (address.name, number), by_name, choices))
    else:
        names = draw(st.lists(st.sampled_from(sorted(by_name)), max_size=4, unique=True)) if by_name else []
        found = [Part(name, draw(values.plain_for(by_name[name][0], choices.models))) for name in names]
    for _time in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3]))):
        found = draw(spoilt(found, by_name, choices))
    return found


@st.composite
def as_the_page_sends(
    draw: st.DrawFn, form: Form, page: tuple[str, int], by_name: dict[str, list[forms.Field]], choices: Choices
) -> list[Part]:
    """Every field as it stands, chosen again or, where it is empty, filled in; one of the buttons."""
    found = []
    buttons = [each.name for each in form.fields if each.kind in ("submit", "button")]
    pressed = draw(st.sampled_from(buttons)) if buttons else None
    for number, field in enumerate(form.fields):
        where = (*page, number)
        if field.kind in ("submit", "button"):
            if field.name == pressed:
                found.append(Part(field.name, FromPage(draw(st.integers(0, max(0, len(field.values) - 1)))), where))
        elif field.kind == "file":
            if field.required or draw(st.booleans()):
                found.append(Part(field.name, draw(values.UPLOADS)))
        elif field.kind in ("hidden",) or len(field.values) > 1:
            found.append(Part(field.name, FromPage(draw(st.integers(0, max(0, len(field.values) - 1)))), where))
        elif (field.required and not any(field.values)) or draw(st.integers(0, 3)) == 3:
            known = by_name.get(field.name)
            found.append(Part(field.name, draw(values.plain_for(known[0], choices.models) if known else values.NAMES)))
        else:
            found.append(Part(field.name, FromPage(0), where))
    return found


@st.composite
def spoilt(draw: st.DrawFn, found: list[Part], by_name: dict[str, list[forms.Field]], choices: Choices) -> list[Part]:
    """The fields with one more thing wrong."""
    if not found:
        return [Part(draw(st.one_of(TEXT_NAMES, st.sampled_from(sorted(by_name) or ["x"]))), draw(HOSTILE))]
    index = draw(st.integers(0, len(found) - 1))
    part = found[index]
    wrong = draw(st.sampled_from(["value", "value", "nearly", "row", "gone", "twice", "array", "file", "name"]))
    if wrong == "gone":
        return found[:index] + found[index + 1 :]
    if wrong == "twice":
        return [*found, Part(part.name, draw(HOSTILE))]
    if wrong == "array":
        return [*found, Part(f"{part.name}[]", draw(HOSTILE)), Part(f"{part.name}[0]", draw(HOSTILE))]
    if wrong == "name":
        return [*found, Part(draw(TEXT_NAMES), draw(HOSTILE))]
    known = by_name.get(part.name)
    value: Value = {
        "value": lambda: draw(HOSTILE),
        "nearly": lambda: draw(values.nearly_for(known[0]) if known else HOSTILE),
        "row": lambda: draw(values.rows_of(choices.models)),
        "file": lambda: draw(values.UPLOADS),
    }[wrong]()
    return [*found[:index], Part(part.name, value), *found[index + 1 :]]


TEXT_NAMES = st.sampled_from(
    ["", "\x00", "__proto__", "csrfmiddlewaretoken", "next", "page", "id", "pk", "a" * 400, "é"]
)


@st.composite
def odd_cookies(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Mostly none; else a cookie of ours with something else in it."""
    if draw(st.integers(0, 5)) < 5:
        return ()
    name = draw(
        st.sampled_from([session_cookie(), "csrftoken", "django_language", "messages", "guest", "ballot", "sessionid"])
    )
    value = draw(st.one_of(HOSTILE, st.sampled_from(["a:b:c", "x" * 4_000, '"', ";", "de-DE-x", "../de", "\\123\\"])))
    return ((name, value),)


# --- from words to bytes ---------------------------------------------------------------------------------------------


def on_the_wire(request: Request, choices: Choices, worlds: Worlds) -> Sent:
    """The request as this run's rows, pages and paths spell it."""
    address = choices.addresses[request.address]
    arguments = arguments_of(request, address, worlds)
    body, content_type, fields = body_of(request, choices, worlds)
    query = [(part.name, text_of(part, choices, worlds)) for part in request.query]
    headers = {name: as_header(value) for name, value in request.headers}
    room = worlds.by_place["own"].running.join_code
    names = {"guest": f"guest_{room}", "ballot": f"ballot_{room}"}
    return Sent(
        address=address,
        method=request.method,
        path=address.path(arguments),
        query=urlencoded([(name, value) for name, value in query if isinstance(value, str)]),
        body=body,
        content_type=as_header(content_type),
        headers=headers,
        cookies={names.get(name, name): as_header(value) for name, value in request.cookies},
        fields=tuple(fields),
        arguments=tuple(sorted(arguments.items())),
    )


def arguments_of(request: Request, address: Address, worlds: Worlds) -> dict[str, str]:
    """Valid ones of an organisation, or its rows below our slug. A room's code is ours: it opens to everybody."""
    if address.needs is None:
        arguments = dict.fromkeys(address.arguments, "x")
    elif request.arguments == "own" or address.door != "member":
        arguments = dict(worlds.valid_arguments(address, "own"))
    else:
        arguments = dict(worlds.valid_arguments(address, "foreign"))
        if request.arguments == "mixed" and "org" in arguments:
            arguments["org"] = worlds.organisation("own").slug
    for name, value in request.replaced:
        arguments[name] = worlds.code(value) if isinstance(value, Row) else str(value)
    return arguments


def text_of(part: Part, choices: Choices, worlds: Worlds) -> str | Upload:
    """What a part says here and now."""
    if isinstance(part.value, Row):
        return worlds.code(part.value)
    if isinstance(part.value, FromPage) and part.page is not None:
        name, form, number = part.page
        held: Field = choices.pages[name][form].fields[number]
        text = held.values[part.value.index % len(held.values)] if held.values else ""
        for mark in MARKS.values():
            text = text.replace(mark, "Text")
        return text
    return part.value if isinstance(part.value, Upload) else str(part.value)


def body_of(request: Request, choices: Choices, worlds: Worlds) -> tuple[bytes, str, list[tuple[str, str | Upload]]]:
    """Body, content type, and the fields when it is a form that says so."""
    if isinstance(request.body, bytes):
        return request.body, request.content_type, []
    fields: list[tuple[str, Any]] = [(part.name, text_of(part, choices, worlds)) for part in request.body]
    if request.content_type.startswith("multipart/form-data"):
        whole = request.content_type == "multipart/form-data"
        content_type = f"{request.content_type}; boundary={BOUNDARY}" if whole else request.content_type
        return multipart(fields), content_type, fields if whole else []
    if request.content_type == "application/json":
        return json.dumps({name: str(value) for name, value in fields}).encode(), request.content_type, []
    sent = [(name, value if isinstance(value, str) else value.name) for name, value in fields]
    is_form = request.content_type == "application/x-www-form-urlencoded"
    return urlencoded(sent).encode(), request.content_type, sent if is_form else []


def urlencoded(pairs: list[tuple[str, str]]) -> str:
    """As a browser writes it; half a surrogate pair goes as the bytes that no browser sends."""
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
        for name, value in pairs
    )


def multipart(fields: list[tuple[str, str | Upload]]) -> bytes:
    """As a browser writes it, except that names are not made harmless."""
    lines = []
    for name, value in fields:
        head = f'Content-Disposition: form-data; name="{name}"'
        content = value.content if isinstance(value, Upload) else value.encode(errors="surrogatepass")
        if isinstance(value, Upload):
            head += f'; filename="{value.name}"\r\nContent-Type: {value.content_type}'
        lines += [f"--{BOUNDARY}".encode(), head.encode(errors="surrogatepass"), b"", content]
    return b"\r\n".join([*lines, f"--{BOUNDARY}--".encode(), b""])


def as_header(value: str) -> str:
    """Text as WSGI hands it on: one character for each byte, without the bytes that no server lets into a header."""
    return NEVER_IN_A_HEADER.sub("", value.encode(errors="surrogatepass").decode("latin-1"))
