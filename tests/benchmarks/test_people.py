"""What the load generator makes of bytes: streams cut anywhere, and forms as a page shows them."""

from benchmarks.fanout import paired
from benchmarks.html_pages import Page
from benchmarks.people import Listener, Upload, form_body

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_events_have_the_time_of_their_last_byte():
    stream = (
        HEAD + chunk(b"retry: 1000\n\n") + chunk(b"event: a\ndata: 1\ndata: 2\n\nevent: b\nda") + chunk(b"ta: 3\n\n")
    )
    cut = stream.index(b"ta: 3")
    listener = Listener(b"")
    listener.chunks = [(1.0, stream[: cut - 20]), (2.0, stream[cut - 20 : cut]), (3.0, stream[cut:])]

    events = [(event.at, event.name, event.data) for event in listener.events()]

    assert [(name, data) for _at, name, data in events] == [("a", "1\n2"), ("b", "3")]
    assert events[1][0] == 3.0


def test_events_of_a_plain_stream():
    listener = Listener(b"")
    listener.chunks = [(1.0, b"HTTP/1.1 200 OK\r\n\r\n: hello\n\n"), (2.0, b"event: touchpoint\ndata: x\n\n")]

    assert [(event.at, event.name, event.data) for event in listener.events()] == [(2.0, "touchpoint", "x")]


def test_each_request_is_paired_with_the_first_state_that_counts_it():
    sent = [0.0, 1.0, 2.0]
    states = [(1.5, 1), (3.0, 3)]

    assert paired(sent, states) == [1.5, 2.0, 1.0]


def test_forms_are_read_as_they_stand():
    html = """<form action="/a/"><input name="code" value="x"><input type="checkbox" name="off">
    <input type="checkbox" name="on" checked><select name="s"><option value="1">A<option value="2" selected>B</select>
    <textarea name="t">words</textarea><input type="file" name="file"></form>"""

    form = Page(html).form("/a/")

    assert form.values == {"code": "x", "on": "on", "s": "2", "t": "words"}


def test_a_file_goes_as_multipart():
    kind, body = form_body({"code": "x", "file": Upload("a.csv", b"name\n")})

    assert kind.startswith("multipart/form-data; boundary=")
    assert body.count(b"Content-Disposition: form-data") == 2
    assert b'name="file"; filename="a.csv"' in body
