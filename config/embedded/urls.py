"""Where the embedded services of a data directory listen. Computed, so that settings need not ask anybody."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

DATABASE_NAME = "touchpoint"
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
LONGEST_SOCKET_PATH = 107  # bytes, the kernel's limit for the address of a unix socket
PLAIN_PATH = re.compile(r"[\w./-]+", re.ASCII)  # libpq splits at commas, and each client quotes blanks its own way


@dataclass(frozen=True)
class ServiceUrls:
    """The addresses of the two services, in the form of DATABASE_URL and REDIS_URL."""

    database: str
    redis: str


def socket_dir(data_dir: Path) -> Path:
    """Return the private directory of the sockets: DATA_DIR/run, or one in /tmp when that path is too long or odd."""
    inside = data_dir / "run"
    if len(bytes(inside / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(str(inside)):
        return inside
    digest = hashlib.sha256(bytes(data_dir)).hexdigest()[:16]
    return Path("/tmp") / f"touchpoint-{digest}"  # noqa: S108 - created 0700, and refused when it is somebody else's


def discover(data_dir: Path) -> ServiceUrls:
    """Return the addresses of the services of ``data_dir``, whether they run or not."""
    where = socket_dir(data_dir)
    return ServiceUrls(
        database=f"postgres://postgres@/{DATABASE_NAME}?host={where}",
        redis=f"unix://{where}/{VALKEY_SOCKET}?db=0",
    )


def broker_url(redis_url: str) -> str:
    """Return ``redis_url`` as Celery wants it, which has a name of its own for unix sockets."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"
