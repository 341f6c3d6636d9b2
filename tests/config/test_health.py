import threading
from contextlib import contextmanager

import pytest
from django.test import Client

from config.heartbeat import beat, connect_aside, queues_alive
from tests.config.running import free_port, wait_for


@contextmanager
def beating(*queues):
    """A worker's sign of life, without the worker."""
    stop = threading.Event()
    thread = threading.Thread(target=beat, args=(list(queues), stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def queues_seen():
    with connect_aside() as own:
        return queues_alive(own)


@pytest.fixture
def worker(db):
    with beating("default", "reports"):
        yield


def test_healthz_all_answer(worker):
    wait_for(lambda: Client().get("/healthz").status_code == 200)

    assert Client().get("/healthz").json() == {"status": "ok", "database": "ok", "bus": "ok", "worker": "ok"}


def test_healthz_without_worker(db):
    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "ok", "bus": "ok", "worker": "down"}


def test_healthz_a_worker_of_one_queue_is_not_enough(db):
    with beating("default"):
        wait_for(lambda: queues_seen() == {"default"})

        answer = Client().get("/healthz")

    assert answer.json()["worker"] == "down"


def test_healthz_without_bus(worker, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    wait_for(lambda: Client().get("/healthz").json()["worker"] == "ok")
    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "ok", "bus": "down", "worker": "ok"}


def test_healthz_post_is_refused(client):
    assert client.post("/healthz").status_code == 405


def test_healthz_is_never_cached(db):
    assert "no-store" in Client().get("/healthz")["Cache-Control"]
