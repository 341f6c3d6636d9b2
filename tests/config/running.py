"""Starts our own programs for the tests of this folder, in an environment without anybody's addresses."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from config.embedded.processes import MARK, descendants

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY", "PUBLIC_URL", "EMAIL_URL", "STATICFILES_STORAGE", MARK)


def environment(**more: str) -> dict[str, str]:
    """Return an English terminal's environment that names no service."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("LC_")}
    return kept | {"LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **more}


def embedded(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "config.embedded", *map(str, words)]


def call(*command: str | Path, timeout: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it said."""
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=environment(**more), timeout=timeout, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pid: int) -> bool:
    """Return whether the process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


class Application:
    """A running bin/start (without its installation), as somebody at the terminal sees it."""

    def __init__(self, data_dir: Path, *words: str, **more: str) -> None:
        self.data_dir = data_dir
        self.said: list[str] = []
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            embedded("start", "--data", data_dir, "--port", str(free_port()), *(words or ("--no-demo",))),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(**more),
            cwd="/",
        )
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def open(self, seconds: float = 180) -> str:
        """Wait for the line that names the address and return it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            line = self.lines.get(timeout=until - time.monotonic())
            assert line is not None, "\n".join(self.said)
            self.said.append(line)
            if line.startswith("Open "):
                self.url = line.removeprefix("Open ")
                return self.url
        raise AssertionError("\n".join(self.said))

    def announced(self) -> list[str]:
        """Return what is said below the address, up to how to stop."""
        found: list[str] = []
        while found[-1:] != ["Stop with Ctrl-C."]:
            line = self.lines.get(timeout=60)
            assert line is not None, "\n".join(found)
            found.append(line)
        return found

    def rest(self) -> list[str]:
        """Return what was said after the address, once the program has ended."""
        found = []
        while (line := self.lines.get(timeout=30)) is not None:
            found.append(line)
        return found

    def health(self) -> dict[str, str]:
        try:
            with urllib.request.urlopen(f"{self.url}healthz", timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as answer:
            with answer:
                return json.load(answer)

    def children(self) -> set[int]:
        return descendants(self.process.pid)

    def child(self, *words: str) -> int:
        """Return the direct child whose command line holds all these words."""
        for pid in self.children():
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
                parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # one of PostgreSQL's, which come and go
            if parent == self.process.pid and all(word in line for word in words):
                return pid
        raise LookupError(words)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        result = self.process.wait(60)
        self.process.stdout.close() if self.process.stdout and number == signal.SIGKILL else None
        return result
