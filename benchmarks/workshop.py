#!/usr/bin/env python3
"""A whole workshop with real judgements, over HTTP: benchmarks/workshop.py FEEDBACK TOUCHPOINTS

Imports the touchpoints, lets 100 simulated participants rate, and compares page, CSV export and PDF with a direct count
of what they were given. What it does stands in simulation.py; this file only finds the environment and the services.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USAGE = "usage: benchmarks/workshop.py FEEDBACK TOUCHPOINTS"


def main() -> None:
    if len(sys.argv) != 3 or not all(Path(name).is_file() for name in sys.argv[1:]):
        sys.exit(USAGE)
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        sys.exit("Start bin/bench or bin/test once; they install what is needed.")
    command = [str(python), "-m", "benchmarks.simulation", *(str(Path(name).resolve()) for name in sys.argv[1:])]
    if "DATABASE_URL" not in os.environ:
        data = str(ROOT / ".test-var" / "bench")
        command = [str(python), "-m", "config.embedded", "run", "--exclusive", "--data", data, "--", *command]
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606 - our own program, named above


if __name__ == "__main__":
    main()
