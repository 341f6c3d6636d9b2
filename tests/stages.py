"""The stages of bin/test, in order: ``python -m tests.stages [--quick] [pytest's arguments]``.

Started by bin/test with database and bus of its own. Checks without tests run all and are reported together; the test
stages end the run at the first one that fails, so that the last line is always the one that pytest printed. Unless
the run shall be quick, the first stage also measures its coverage of the modules that pyproject.toml names, and fails
with a list of what it left out.
"""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from config.messages import compile_messages

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "accounts", "touchpoints", "journeys", "workshops", "reports")
INSIDE_CHROOT = "TOUCHPOINT_IN_CHROOT"  # set by tests/chroot: a bare Debian makes no further one
WORKERS = ("-n", "2", "--dist", "worksteal")
NOT_QUICK = " and not whole"

STAGES = (
    ("unit and integration", "not e2e and not fault and not chroot", WORKERS),
    ("browser", "e2e", WORKERS),
    ("faults", "fault", ()),
    ("bare Debian", "chroot", ("--timeout", "1500")),
)


def command(name: str, *words: str) -> list[str]:
    """Return one of the environment's programs with its arguments."""
    return [str(Path(sys.executable).parent / name), *words]


def templates() -> list[str]:
    return sorted(map(str, (ROOT / "templates").rglob("*.html")))


def checks() -> dict[str, list[str]]:
    """Return what is checked without running a test."""
    manage = [sys.executable, "manage.py"]
    return {
        "ruff": command("ruff", "check", "--quiet", "."),
        "ruff format": command("ruff", "format", "--check", "--quiet", "."),
        "imports": command("lint-imports", "--no-cache"),
        "types": command("mypy"),
        "templates": command("djlint", "--lint", "--quiet", "templates"),
        "template format": command("djade", "--check", "--target-version", "5.2", *templates()),
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "deployment": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
    }


def environment() -> dict[str, str]:
    """Return the environment of a production over https, with a key of its own, for checks and tests alike."""
    return os.environ | {"SECRET_KEY": secrets.token_urlsafe(64), "PUBLIC_URL": "https://workshop.example.org"}


def run_checks() -> list[str]:
    """Run all checks and return the names of those that failed; only these show what they said."""
    failed = []
    for name, words in checks().items():
        begun = time.monotonic()
        done = subprocess.run(words, check=False, cwd=ROOT, env=environment(), capture_output=True, text=True)
        well = done.returncode == 0
        print(f"{'ok    ' if well else 'FAILED'} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        if not well:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    return failed


def python(*words: str) -> int:
    """Run a module of our environment with our terminal, and return its result."""
    return subprocess.run([sys.executable, "-m", *words], check=False, cwd=ROOT).returncode


def pytest(*words: str) -> int:
    """Run pytest on our own services."""
    return python("pytest", *words)


def measured_pytest(*words: str) -> int:
    """Run pytest and say which branches it left out of what has to be covered; silent when there are none."""
    (ROOT / ".test-var" / "coverage").mkdir(parents=True, exist_ok=True)
    python("coverage", "erase")
    if result := python("coverage", "run", "-m", "pytest", *words):
        return result
    return report_coverage()


def report_coverage() -> int:
    """Put together what all test processes have run, and show what is short of pyproject.toml's fail_under."""
    if result := python("coverage", "combine", "--quiet"):
        return result
    words = [sys.executable, "-m", "coverage", "report"]
    report = subprocess.run(words, check=False, cwd=ROOT, capture_output=True, text=True)
    if report.returncode:
        print("\nNo test runs these lines and branches (from->to):\n")
        print(report.stdout + report.stderr, flush=True)
    return report.returncode


def run_stages(*, quick: bool) -> int:
    """Run the test stages; nothing selected is no failure, except in the first."""
    stages = STAGES[:1] if quick else STAGES
    if os.environ.get(INSIDE_CHROOT):
        stages = tuple(stage for stage in stages if stage[1] != "chroot")
    for number, (name, mark, options) in enumerate(stages):
        print(f"\n=== {name}", flush=True)
        # Measuring costs the first stage half as much time again, which --quick does not have.
        run = measured_pytest if number == 0 and not quick else pytest
        result = run("-q", "-m", mark + NOT_QUICK if quick else mark, *options)
        if result == 5 and number > 0:
            continue  # pytest's number for "no test selected"
        if result != 0:
            return result
    return 0


def main(words: list[str]) -> int:
    quick = "--quick" in words
    rest = [word for word in words if word != "--quick"]
    compile_messages(ROOT / "locale")
    if rest:
        return pytest(*(("-m", STAGES[0][1] + NOT_QUICK) if quick else ()), *rest)
    if failed := run_checks():
        print(f"failed before the tests: {', '.join(failed)}", flush=True)
        return 1
    return run_stages(quick=quick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
