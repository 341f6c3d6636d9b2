"""bin/start as somebody at the terminal sees it: real processes, real signals."""

import ipaddress
import os
import re
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import psycopg
import pytest

from config.embedded import network, postgres
from config.embedded.account import service_account
from config.embedded.processes import MARK
from config.embedded.urls import socket_dir
from tests.config.running import ROOT, Application, alive, call, embedded, environment, free_port, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home directory that only its owner enters, as Debian makes it."""
    closed = tmp_path_factory.mktemp("home")
    closed.chmod(0o700)
    return closed


@pytest.fixture
def start(home):
    started = []

    def begin(data_dir=None, *words, **more):
        started.append(Application(data_dir or home / "var", *words, **more))
        started[-1].open()
        return started[-1]

    yield begin
    for application in started:
        if application.process.poll() is None:
            application.stop()
        application.process.stdout.close()


def query(data_dir, sql):
    with psycopg.connect(
        host=str(socket_dir(data_dir)), user="postgres", dbname="touchpoint", autocommit=True
    ) as database:
        done = database.execute(sql)
        return done.fetchall() if done.description else []


def marked(data_dir):
    """Return the processes that carry the data directory's name in their environment."""
    wanted = f"{MARK}={data_dir}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


def modes(path):
    return {str(each): (each.stat().st_mode, each.stat().st_uid) for each in [path, *path.parents]}


def test_term_during_the_first_installation_leaves_no_installer():
    script = ". bin/setup.sh; whole sh -c 'echo $$; exec sleep 600'"
    process = subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment())
    installer = int(process.stdout.readline())

    process.terminate()

    assert process.wait(10) == 128 + signal.SIGTERM
    wait_for(lambda: not alive(installer), 10)
    process.stdout.close()


def test_start_serves_then_term_leaves_no_process_and_no_mode_changed(start, home):
    before = modes(home)

    application = start()
    health = application.health()
    children = application.children()
    with urllib.request.urlopen(application.url) as page:
        status = page.status
    result = application.stop()

    assert health == {"status": "ok", "database": "ok", "bus": "ok", "worker": "ok"}
    assert status == 200
    assert len(children) > 8
    assert result == 0
    assert {pid for pid in children if alive(pid)} == set()
    assert marked(home / "var") == set()
    assert modes(home) == before
    assert sum(line.startswith("Open ") for line in application.said) == 1
    assert application.rest()[-1] == "Stopping …"


def test_start_again_keeps_all_data_and_saves_before_it_migrates(start, home):
    application = start()
    key = (home / "var" / "secret_key").read_text()
    query(home / "var", "CREATE TABLE kept AS SELECT 'Größe' AS word")
    assert call(
        ROOT / ".venv/bin/python", ROOT / "manage.py", "migrate", "sessions", "zero", DATA_DIR=str(home / "var")
    )
    application.stop(signal.SIGINT)
    assert list((home / "var" / "backups").iterdir()) == []

    start()

    assert query(home / "var", "SELECT word FROM kept") == [("Größe",)]
    assert query(home / "var", "SELECT count(*) FROM django_session") == [(0,)]
    assert (home / "var" / "secret_key").read_text() == key
    assert len(list((home / "var" / "backups").glob("before-update-*.tar"))) == 1


def test_start_while_running_is_refused(start, home):
    application = start()

    second = call(*embedded("start", "--data", home / "var", "--port", str(free_port())))

    assert second.returncode == 1
    assert second.stderr == (
        f"Touchpoint-Werkstatt is already running with the data directory {home / 'var'} (process"
        f" {application.process.pid}); stop it first or choose another directory with --data.\n"
    )
    assert application.health()["status"] == "ok"


def test_start_with_the_demo_also_says_how_to_begin_with_data_of_ones_own(start, home):
    data = home / "with-demo"
    link = re.compile(r"http://127\.0\.0\.1:\d+/setup/[\w-]+/")
    sentence = "To begin with your own organisation, beside the demo, use this link, which works once:"

    application = start(data, "--host", "127.0.0.1")
    first = application.announced()
    with urllib.request.urlopen(first[-2]) as page:
        opened = page.url
    application.stop()
    application = start(data, "--host", "127.0.0.1")
    second = application.announced()
    query(data, "UPDATE accounts_organisation SET is_demo = false")  # as if somebody had founded it
    application.stop()
    third = start(data, "--host", "127.0.0.1").announced()

    assert first[0] == f"Demo logins (also in {data / 'demo-logins'}):"
    assert first[-3] == second[-3] == sentence
    assert link.fullmatch(first[-2])
    assert link.fullmatch(second[-2])
    assert opened.endswith("/accounts/signup/")
    assert third == [*first[:-3], "Stop with Ctrl-C."]


@pytest.mark.parametrize("words", [("celery",), ("uvicorn",), ("valkey-server",), ("postgres", "-D")])
def test_killed_part_is_restarted(start, words):
    application = start()
    victim = application.child(*words)

    os.kill(victim, signal.SIGKILL)

    def healthy_again():
        try:
            return application.child(*words) != victim and application.health()["status"] == "ok"
        except (LookupError, OSError):
            return False

    wait_for(healthy_again, 120)


def test_killed_supervisor_takes_all_along_and_the_next_start_works(start, home):
    application = start()
    children = application.children()

    application.stop(signal.SIGKILL)

    wait_for(lambda: not {pid for pid in children if alive(pid)})
    assert start().health()["status"] == "ok"


def test_start_for_the_network_names_an_address_that_phones_reach(start, home):
    if network.lan_address() is None:
        pytest.skip("this machine has no network")

    application = start(home / "var", "--no-demo", "--host", "0.0.0.0")  # noqa: S104

    host = application.url.removeprefix("http://").rpartition(":")[0]
    assert not ipaddress.ip_address(host).is_loopback
    assert not ipaddress.ip_address(host).is_unspecified
    assert application.health()["status"] == "ok"


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en_US.UTF-8", "Port {port} on 127.0.0.1 is already in use; choose another one with --port."),
        ("de_DE.UTF-8", "Port {port} auf 127.0.0.1 ist schon belegt; wählen Sie mit --port einen anderen."),
    ],
)
def test_start_port_in_use(tmp_path, lang, sentence):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]

        done = call(*embedded("start", "--data", tmp_path / "var", "--port", str(port)), LANG=lang)

    assert (done.returncode, done.stderr) == (1, sentence.format(port=port) + "\n")


def test_start_data_directory_without_write_permission():
    done = call(*embedded("start", "--data", "/proc/touchpoint", "--port", str(free_port())))

    assert done.returncode == 1
    assert done.stderr.startswith("The data directory /proc/touchpoint cannot be written by ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("major", "command"), [("15", "bin/restore FILE --data NEW-DIRECTORY."), ("16", "bin/start --upgrade-database")]
)
def test_start_other_major_names_the_command(tmp_path, major, command):
    (tmp_path / "var" / "postgres").mkdir(parents=True)
    (tmp_path / "var" / "postgres" / "PG_VERSION").write_text(f"{major}\n")

    done = call(*embedded("start", "--data", tmp_path / "var", "--port", str(free_port())))

    assert done.returncode == 1
    assert f"made by PostgreSQL {major}, this version brings PostgreSQL 18" in done.stderr
    assert command in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "var" / "postgres" / "PG_VERSION").read_text() == f"{major}\n"


def test_upgrade_database_brings_an_older_cluster_along(start, tmp_path, monkeypatch):
    old = tmp_path / "var"
    with monkeypatch.context() as patched:
        patched.setenv("PYTHONPATH", str(ROOT))
        made = call(*embedded("run", "--data", old, "--", "true"))
        assert made.returncode == 0, made.stderr
    make_cluster_of(old, 16)
    refused = call(*embedded("start", "--data", old, "--port", str(free_port())))
    assert "--upgrade-database" in refused.stderr

    start(old, "--no-demo", "--upgrade-database")

    assert query(old, "SELECT word FROM kept") == [("Größe",)]
    assert postgres.found_major(old) == 18


def make_cluster_of(data_dir: Path, major: int) -> None:
    """Replace the cluster by one of an older major that holds one table."""
    cluster = postgres.cluster_dir(data_dir)
    # Root's own home, where a checkout may lie, is closed to the account; the application passes it the right to enter.
    account = service_account(cluster, postgres.programs(major) / "initdb")
    home = Path("/tmp") / f"touchpoint-test-{os.getpid()}"  # noqa: S108 - the account must reach it
    home.mkdir(mode=0o755)
    made = home / "cluster"
    made.mkdir(mode=0o700)
    os.chown(made, account.uid, account.gid)

    def run(name, *words):
        command = account.command(postgres.programs(major) / name, *words)
        subprocess.run(command, check=True, capture_output=True, env=environment(), cwd="/")

    run("initdb", "-D", made, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    run("pg_ctl", "-D", made, "-w", "-l", made / "log", "-o", f"-c listen_addresses= -k {made}", "start")
    with psycopg.connect(host=str(made), user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE touchpoint")
    with psycopg.connect(host=str(made), user="postgres", dbname="touchpoint") as database:
        database.execute("CREATE TABLE kept AS SELECT 'Größe' AS word")
    run("pg_ctl", "-D", made, "-w", "stop")
    subprocess.run(["rm", "-rf", cluster], check=True)
    subprocess.run(["mv", made, cluster], check=True)
    home.rmdir()


def test_run_lends_the_services_and_returns_the_result(tmp_path):
    program = "import os, sys; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL']); sys.exit(7)"

    done = call(*embedded("run", "--data", tmp_path / "with blank", "--", "python3", "-c", program))

    assert done.returncode == 7
    where = socket_dir(tmp_path / "with blank")
    assert done.stdout.splitlines()[-1] == (
        f"postgres://postgres@/touchpoint?host={where} unix://{where}/valkey.sock?db=0"
    )
    assert marked(tmp_path / "with blank") == set()


def test_run_while_the_application_runs_uses_its_services(start, home):
    application = start()

    done = call(*embedded("run", "--data", home / "var", "--", "true"))

    assert done.returncode == 0
    assert application.health()["status"] == "ok"
