"""Whatever is sent wherever by whomever: no fault, no stack trace, nothing of another organisation, nothing lost."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pytest
import pytest_django
from django.core import mail
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st

from accounts.models import Membership
from config.celery import app
from tests.bad_input.addresses import find_addresses
from tests.bad_input.asking import Choices, Request, Sent, on_the_wire, requests
from tests.bad_input.judging import Tally, ask, check_kept, check_secrets, stranger_to
from tests.bad_input.pages import form_fields, read_pages
from tests.bad_input.worlds import Watch, Worlds, build_worlds, rows_written

# It looks whether database and bus can be reached, over connections of its own: tests/config/test_health.py.
LEFT_OUT = {"healthz"}
ADDRESSES = [each for each in find_addresses() if each.name not in LEFT_OUT]
PARTS = 2  # so that two workers of pytest-xdist can share the work

# How many requests the whole run sends at least, and where it begins: the same number, the same requests.
WANTED = int(os.environ.get("BAD_INPUT_REQUESTS", "600"))
SEED = int(os.environ.get("BAD_INPUT_SEED", "20260522"))
ROLES = 3  # of seven send each request
EXAMPLES = max(1, round(WANTED / len(ADDRESSES) / ROLES))
# In a large run everybody asks everywhere at least once, whatever is drawn; these three times three are all seven.
IS_LARGE = EXAMPLES >= 40
EVERYBODY = (("olga", "emil", "fremd"), ("mara", "max", "anonymous"), ("olga", "emil", "gast"))

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.timeout(300 + WANTED // 10)]


@pytest.fixture
def worlds(
    olga: Membership, mara: Membership, max: Membership, emil: Membership, fremd: Membership,
    settings: pytest_django.Settings, tmp_path: Path,
) -> Worlds:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    return build_worlds({"olga": olga, "mara": mara, "max": max, "emil": emil}, fremd)


@pytest.fixture
def choices(worlds: Worlds) -> Choices:
    """Everything to choose from, read from the pages as the owner, the guest and a visitor see them."""
    pages = [each.path(worlds.valid_arguments(each, "own")) for each in ADDRESSES if each.needs is not None]
    pages += [each.path({}) for each in ADDRESSES if each.needs is None and not each.arguments]
    with undone():
        found = read_pages([worlds.client(person) for person in ("mara", "olga", "gast", "anonymous")], pages)
    return Choices({each.name: each for each in ADDRESSES}, found, form_fields(), worlds.models())


@contextmanager
def undone() -> Generator[None]:
    """Everything that happens inside has not happened afterwards."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        transaction.savepoint_commit(before)  # forgotten, else twenty thousand of them lie within each other
        mail.outbox.clear()


@contextmanager
def after_commit() -> Generator[None]:
    """What waits for the end of the transaction happens now: mails, hints to live pages, wake-ups of workers."""
    waiting = len(connection.run_on_commit)
    yield
    callbacks, connection.run_on_commit[waiting:] = connection.run_on_commit[waiting:], []
    for _savepoints, callback, _robust in callbacks:
        try:
            callback()
        except Exception as fault:
            raise AssertionError(f"a fault after the commit: {traceback.format_exc(limit=-4)}") from fault


def people_at(door: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Who sends a request: somebody who is let in, somebody who is let in a little way, and a stranger."""
    moderating, belonging = st.sampled_from(["olga", "mara"]), st.sampled_from(["emil", "max"])
    if door == "guest":
        return st.tuples(st.just("gast"), moderating | belonging, st.sampled_from(["anonymous", "fremd"]))
    return st.tuples(moderating, belonging, st.sampled_from(["fremd", "anonymous", "gast"]))


@dataclass
class Run:
    """One run over the addresses, and what it needs for each."""

    choices: Choices
    worlds: Worlds
    watches: dict[str, Watch]
    tally: Tally

    def send_as(self, person: str, sequence: list[Sent]) -> None:
        """Send a sequence as one person, judge every answer, and undo it all."""
        where = stranger_to(person, sequence)
        with undone():
            client = self.worlds.client(person)
            before = rows_written()
            for sent in sequence:
                client.cookies.load(sent.cookies)
                with after_commit():
                    response = ask(client, sent, self.tally)
                check_kept(response, sent, person, self.worlds, self.tally)
                if where:
                    check_secrets(response, where)
            if where and rows_written() > before:
                assert self.watches[where].is_untouched, f"changed a row of the {where} organisation"
        self.tally.asked.add((sequence[-1].address.name, person))

    def generate(self, name: str) -> None:
        """Draw requests to one address, some after one to any other, and send each as three people."""
        anywhere = st.sampled_from(sorted(self.choices.addresses)).flatmap(lambda other: requests(self.choices, other))
        earlier = st.sampled_from([0, 0, 0, 0, 1]).flatmap(
            lambda many: st.lists(anywhere, min_size=many, max_size=many)
        )

        @seed(SEED + crc32(name.encode()))  # the same for each would draw the same for each
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            print_blob=False,
        )
        @given(first=earlier, then=requests(self.choices, name), people=people_at(self.choices.addresses[name].door))
        def send(first: list[Request], then: Request, people: tuple[str, ...]) -> None:
            sequence = [on_the_wire(request, self.choices, self.worlds) for request in (*first, then)]
            for person in people:
                try:
                    self.send_as(person, sequence)
                except AssertionError as fault:
                    raise AssertionError(f"{fault}\nas {person}: {sequence}") from None

        plain = Request(address=name, method="GET", arguments="own")
        for people in EVERYBODY if IS_LARGE else ():
            send = example(first=[], then=plain, people=people)(send)
        send()


@pytest.fixture
def run(worlds: Worlds, choices: Choices) -> Generator[Run]:
    watches = {where: Watch(worlds.organisation(where)) for where in worlds.by_place}
    yield Run(choices, worlds, watches, Tally())
    with app.connection_for_write() as link:  # wake-ups for jobs that never were
        link.default_channel.queue_purge("reports")


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_breaks_anything(run, subtests, part):
    mine = ADDRESSES[part::PARTS]
    for address in mine:
        with subtests.test(address.name):
            run.generate(address.name)

    logger.info("part %s, seed %s: %s", part, SEED, run.tally)
    assert run.tally.requests >= EXAMPLES * ROLES * len(mine)
    assert run.tally.statuses[200] > run.tally.requests // 20, "hardly anybody was let in"
    if IS_LARGE:
        assert len(run.tally.asked) == 7 * len(mine), "not everybody has asked everywhere"
        assert min(run.tally.created, run.tally.edited) > 0, "nothing was accepted that could be lost"
