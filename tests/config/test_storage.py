"""Addresses of static files: those of the manifest, looked up once a process, and the plain ones while developing."""

import json

import pytest

from config.storage import StaticStorage


@pytest.fixture
def storage(tmp_path):
    manifest = {"version": "1.1", "hash": "", "paths": {"css/a.css": "css/a.0123456789ab.css"}}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    return StaticStorage(location=tmp_path, base_url="/static/")


def test_address_is_that_of_the_manifest_and_looked_up_once(storage):
    first = storage.url("css/a.css")
    storage.hashed_files = {}

    assert (first, storage.url("css/a.css")) == ("/static/css/a.0123456789ab.css", "/static/css/a.0123456789ab.css")


def test_file_that_is_in_no_manifest_is_refused_each_time(storage):
    for _twice in range(2):
        with pytest.raises(ValueError, match=r"css/b\.css"):
            storage.url("css/b.css")


def test_while_developing_the_address_is_the_plain_one(storage, settings):
    storage.url("css/a.css")
    settings.DEBUG = True

    assert storage.url("css/a.css") == "/static/css/a.css"
