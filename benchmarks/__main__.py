"""``python -m benchmarks [NAME…] [--check] [--rounds N]``; bin/bench calls it with services of its own."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys

from benchmarks import database
from benchmarks.measure import ROUNDS, Row, table

# In the order of the table. Modules are loaded when the database they need exists.
NAMES = ("fanout", "reveal", "page", "queries", "weight", "pdf", "writes", "rooms", "wake", "import")
# A module cannot be called like a keyword.
MODULES = {"import": "imports"}


def parse(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure the application beside a floor.")
    parser.add_argument(
        "names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=f"of {', '.join(NAMES)}; all without"
    )
    parser.add_argument("--check", action="store_true", help="end with 1 when a goal is missed")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of each comparison (%(default)s, the least)")
    options = parser.parse_args(words)
    options.rounds = max(ROUNDS, options.rounds)
    return options


def measure(name: str, rounds: int) -> Row:
    """Run one benchmark."""
    row: Row = importlib.import_module(f"benchmarks.{MODULES.get(name, name)}").run(rounds)
    return row


def verdict(rows: dict[str, Row], *, check: bool) -> int:
    """The exit code: with ``check`` 1 when a figure is short."""
    return int(check and not all(row.met for row in rows.values()))


def main(words: list[str] | None = None) -> int:
    options = parse(words)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # the servers are stopped on the way
    database.prepare()
    rows = {}
    for name in options.names or NAMES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows[name] = measure(name, options.rounds)
    print(table(rows))
    return verdict(rows, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
