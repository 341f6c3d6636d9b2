"""Command line: ``python -m config.embedded start`` and ``… run [--data DIR] -- COMMAND``."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from config.embedded import supervisor
from config.embedded.services import lock, services
from config.embedded.urls import discover
from config.embedded.words import RefusalError

ROOT = Path(__file__).resolve().parent.parent.parent


def parse(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="config.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var")
    start = commands.add_parser("start", prog="bin/start", description="Run the whole application on this computer.")
    start.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets phones in (%(default)s)")
    start.add_argument("--port", type=port_number, default=8000, help="port to listen on (%(default)s)")
    start.add_argument("--data", type=Path, default=data, metavar="DIR", help="where everything is kept (var)")
    start.add_argument("--no-demo", action="store_true", help="begin empty, with a one-time link to set up")
    start.add_argument("--upgrade-database", action="store_true", help="bring an older PostgreSQL's data up to date")
    run = commands.add_parser("run", description="Run a command with the database and the bus of a data directory.")
    run.add_argument("--data", type=Path, default=data, metavar="DIR")
    run.add_argument("--exclusive", action="store_true", help="refuse while the application runs")
    run.add_argument("words", nargs="+", metavar="COMMAND")
    return parser.parse_args(words)


def port_number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("0–65535")
    return number


def run(data_dir: Path, command: list[str], *, exclusive: bool) -> int:
    """Run a command with the services of ``data_dir``: those that run already, or our own for as long as it takes."""
    os.environ["DATA_DIR"] = str(data_dir)
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        return call(command)
    if not exclusive and somebody_runs(data_dir):
        urls = discover(data_dir)
        os.environ.setdefault("DATABASE_URL", urls.database)
        os.environ.setdefault("REDIS_URL", urls.redis)
        return call(command)
    with supervisor.stopping_on_signals():
        try:
            with services(data_dir):
                return call(command)
        except supervisor.StoppedError:
            return 128 + signal.SIGTERM


def somebody_runs(data_dir: Path) -> bool:
    """Return whether the services of this data directory run already."""
    try:
        taken = lock(data_dir)
    except OSError:
        return False  # nothing there yet, or not ours: starting says which
    if taken:
        taken.close()
    return taken is None


def call(command: list[str]) -> int:
    """Run the command with our terminal, hand on a request to stop, and return its result."""
    process = subprocess.Popen(command)

    def hand_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    for each in supervisor.STOPS:
        # Ctrl-C reaches the command through the terminal anyway
        signal.signal(each, signal.SIG_IGN if each == signal.SIGINT else hand_on)
    result = process.wait()
    return result if result >= 0 else 128 - result


def main() -> int:
    options = parse()
    data_dir = options.data.expanduser().resolve()
    try:
        if options.command == "run":
            return run(data_dir, options.words, exclusive=options.exclusive)
        return supervisor.start(
            supervisor.Options(
                host=options.host,
                port=options.port,
                data_dir=data_dir,
                demo=not options.no_demo,
                upgrade=options.upgrade_database,
            )
        )
    except RefusalError as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
