#!/usr/bin/env python3
"""A whole workshop with real judgements, over HTTP: benchmarks/workshop.py [--mode quick|full] FEEDBACK TOUCHPOINTS

Imports the touchpoints, lets 100 simulated participants rate, and compares page, CSV export and PDF with a direct count
of what they were given. What it does stands in simulation.py; this file only finds the environment and the services.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def existing_file(name: str) -> str:
    """The whole path of a file that is there."""
    if not Path(name).is_file():
        raise argparse.ArgumentTypeError(f"{name} is not there")
    return str(Path(name).resolve())


def main() -> None:
    parser = argparse.ArgumentParser(description="A whole workshop with real judgements, compared with a direct count.")
    parser.add_argument("--mode", choices=("quick", "full"), default="quick", help="one tap a station, or six scales")
    for name in ("feedback", "touchpoints"):
        parser.add_argument(name, type=existing_file)
    chosen = parser.parse_args()
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        sys.exit("Start bin/bench or bin/test once; they install what is needed.")
    command = [str(python), "-m", "benchmarks.simulation", chosen.mode, chosen.feedback, chosen.touchpoints]
    if "DATABASE_URL" not in os.environ:
        data = str(ROOT / ".test-var" / "bench")
        command = [str(python), "-m", "config.embedded", "run", "--exclusive", "--data", data, "--", *command]
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606 - our own program, named above


if __name__ == "__main__":
    main()
