"""PostgreSQL and Valkey of one data directory: prepared, started in order, stopped."""

import errno
import fcntl
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.embedded import postgres, valkey
from config.embedded.account import Account, service_account
from config.embedded.processes import MARK, Child, Program, adopt_orphans, kill_descendants, kill_marked, stop_all
from config.embedded.urls import discover, socket_dir
from config.embedded.words import RefusalError, say


def user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.geteuid())


def make_writable(data_dir: Path) -> None:
    """Create the data directory and the private ones in it, or refuse. The mode of an existing one is left alone.

    For root a new one lets other accounts pass (not read), because the database's account has its directory in it.
    """
    try:
        for above in reversed(data_dir.parents):
            if not above.exists():
                above.mkdir()
                above.chmod(0o755)  # a new one, not somebody's: the services' account passes through it
        if not data_dir.exists():
            data_dir.mkdir()
            data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("log", "backups"):
            (data_dir / name).mkdir(mode=0o700, exist_ok=True)
        probe = data_dir / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
        (data_dir / "log" / "postgres.log").open("ab").close()
    except OSError as error:
        key = "disk_full" if error.errno == errno.ENOSPC else "no_write"
        raise RefusalError(key, path=data_dir, user=user_name()) from None


def lock(data_dir: Path) -> IO[str] | None:
    """Take the data directory for this process until the file is closed; None when another one has it."""
    file = (data_dir / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def lock_or_refuse(data_dir: Path) -> IO[str]:
    if taken := lock(data_dir):
        return taken
    raise RefusalError("already_running", path=data_dir, pid=(data_dir / "lock").read_text() or "?")


def own_sockets(data_dir: Path, account: Account) -> None:
    """Make the sockets' directory private to the services and clear what an earlier run left in it."""
    where = socket_dir(data_dir)
    if where.is_symlink() or (where.exists() and where.stat().st_uid not in {0, account.uid, os.geteuid()}):
        raise RefusalError("socket_dir_taken", path=where)
    account.own(where)
    for left in where.iterdir():
        left.unlink()


class Services:
    """The two services that no address in the environment replaces. Use through ``services()``."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.children: list[Child] = []
        self.is_new = False  # whether the database was created by this start

    def start(self, *, upgrade: bool = False) -> None:
        """Start what is needed, each as soon as it can, and export the addresses."""
        urls = discover(self.data_dir)
        wants_database, wants_bus = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
        if not (wants_database or wants_bus):
            return
        if wants_database and not upgrade:
            postgres.refuse_other_major(self.data_dir)
        account = self.account(wants_database)
        postgres.clear_leftovers(self.data_dir, account)
        own_sockets(self.data_dir, account)
        if wants_bus:
            self.start_bus(account)
            os.environ["REDIS_URL"] = urls.redis
        if wants_database:
            self.start_database(account, upgrade=upgrade)
            os.environ["DATABASE_URL"] = urls.database

    def account(self, wants_database: bool) -> Account:
        """Return the services' account; it must reach its programs and the data directory."""
        needed = [postgres.programs() / "postgres", valkey.program(), self.data_dir]
        return service_account(postgres.cluster_dir(self.data_dir), *(needed if wants_database else needed[1:]))

    def start_bus(self, account: Account) -> None:
        child = self.launch(Program("valkey", valkey.server_command(self.data_dir, account)))
        valkey.wait_until_ready(self.data_dir, child.alive)

    def start_database(self, account: Account, *, upgrade: bool) -> None:
        log = self.data_dir / "log" / "postgres.log"
        if upgrade:
            postgres.upgrade_cluster(self.data_dir, account)
        if postgres.found_major(self.data_dir) is None:
            print(say("database_new"), flush=True)
            postgres.create_cluster(self.data_dir, account, log)
            self.is_new = True
        command = postgres.server_command(self.data_dir, account)
        child = self.launch(Program("postgres", command, postgres.STOP_SIGNAL, patience=60))
        postgres.wait_until_ready(self.data_dir, child.alive)

    def launch(self, program: Program) -> Child:
        child = Child(program, self.data_dir / "log")
        self.children.append(child)
        child.start()
        return child


@contextmanager
def services(data_dir: Path, *, upgrade: bool = False) -> Iterator[Services]:
    """Hold the data directory and run its services; afterwards no process is left."""
    make_writable(data_dir)
    with lock_or_refuse(data_dir):
        kill_marked(data_dir)
        os.environ[MARK] = str(data_dir)
        os.environ["DATA_DIR"] = str(data_dir)
        adopt_orphans()
        running = Services(data_dir)
        try:
            running.start(upgrade=upgrade)
            yield running
        finally:
            stop_all(running.children)
            kill_descendants()
