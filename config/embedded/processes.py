"""Child processes: started in groups, logged, restarted when they die, and never left behind."""

import ctypes
import logging
import os
import signal
import subprocess
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
MARK = "TOUCHPOINT_SERVES"  # in the environment of every child: the data directory that it works for
LOG_BYTES = 5_000_000
LOG_FILES = 5
LONGEST_PAUSE = 30.0  # seconds between two attempts to restart
WELL_AFTER = 60.0  # seconds after which an earlier death no longer counts


@dataclass(frozen=True)
class Program:
    """What to run, and how it is asked to end."""

    name: str
    command: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 5.0  # seconds from the signal until the whole group is killed
    directory: Path = Path("/")


class Child:
    """One running program. Started from the main thread only: the death signal is tied to the thread that forks."""

    def __init__(self, program: Program, log_dir: Path) -> None:
        self.program = program
        self.log = log_dir / f"{program.name}.log"
        self.deaths = 0
        self.started = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program in a session of its own, where the terminal's Ctrl-C does not reach it."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.program.directory,
            start_new_session=True,
        )
        threading.Thread(target=pump, args=(self.process, self.log), daemon=True).start()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> bool:
        """Restart the program when it is dead and its pause is over; return whether it was restarted."""
        if self.process is None or self.alive():
            return False
        if self.deaths and time.monotonic() - self.started > WELL_AFTER:
            self.deaths = 0
        pause = min(LONGEST_PAUSE, 2.0**self.deaths - 1)
        if time.monotonic() < self.started + pause:
            return False
        self.deaths += 1
        self.kill_group()  # what the dead one may have left in its group
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and self.alive():
            self.process.send_signal(self.program.stop_signal)

    def wait_or_kill(self) -> None:
        """Wait for the end as long as the program's patience lasts, then kill its whole group in any case."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.program.patience)
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """Kill everything in the group; the number stays ours as long as a member is left."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):  # ended, or its number is somebody else's by now
                os.killpg(self.process.pid, signal.SIGKILL)


def pump(process: subprocess.Popen[bytes], path: Path) -> None:
    """Write what a program says into its rotated log."""
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
    with closing(handler), process.stdout as lines:
        for line in lines:
            text = line.decode(errors="replace").rstrip("\n")
            handler.emit(logging.LogRecord("", logging.INFO, "", 0, text, None, None))


def stop_all(children: list[Child]) -> None:
    """Stop these together: all are asked first, then waited for."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_or_kill()


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies (a browser of a killed worker), so that we can end them."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def parents() -> dict[int, int]:
    """Return the parent of every process on this machine that we can see."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue  # it ended while we looked
    return found


def descendants(root: int) -> set[int]:
    """Return all processes below ``root``."""
    tree = parents()
    found: set[int] = set()
    layer = {root}
    while layer:
        layer = {pid for pid, parent in tree.items() if parent in layer} - found
        found |= layer
    return found


def kill(pids: set[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def kill_descendants() -> None:
    """End whatever is still below us, whichever group or session it chose, and collect it."""
    for _ in range(50):
        left = descendants(os.getpid())
        if not left:
            return
        kill(left)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        time.sleep(0.02)


def reap_orphans(children: list[Child]) -> None:
    """Collect adopted processes that ended, without taking the end of our own children from their owners."""
    ours = {child.process.pid for child in children if child.process is not None}
    for pid, parent in parents().items():
        if parent == os.getpid() and pid not in ours:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def kill_marked(data_dir: Path) -> None:
    """End what a killed supervisor of this data directory left; its children carry the directory's name."""
    mark = f"{MARK}={data_dir}".encode()
    left = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    left.add(int(entry.name))
            except OSError:
                continue  # ended, or somebody else's
    kill(left)
