"""What bin/start says of system packages before it hands over, on a machine whose package tools are stand-ins."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.running import ROOT, environment

PANGO = {"libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"}
FONTS = {"fonts-inter", "fonts-noto-color-emoji"}
DEBIANS = """#!/bin/sh
for name; do :; done
case " {missing} " in *" $name "*) exit 1 ;; *) echo "install ok installed" ;; esac
"""
SENTENCE = "PDF reports will not look as they should because system packages are missing; as root run: apt-get install "


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout whose requirements are installed and whose application only says that it was started."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    program(tmp_path / ".venv/bin/python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    (tmp_path / ".venv/.installed-requirements.txt").write_text(f"{digest}\n")
    program(tmp_path / "config/embedded.py", 'print("started")\n')
    program(tmp_path / "tools/apt-get", "#!/bin/sh\nexit 100\n")
    program(tmp_path / "tools/sudo", "#!/bin/sh\nexit 1\n")
    return tmp_path


def start(machine: Path, missing: set[str], **more: str) -> list[str]:
    """Run bin/start where ``missing`` cannot be installed, and return what it says."""
    program(machine / "tools/dpkg-query", DEBIANS.format(missing=" ".join(sorted(missing))))
    path = f"{machine / 'tools'}:{environment()['PATH']}"
    chosen = environment(PATH=path, **more)
    done = subprocess.run(
        # Python looks for config first where it is called from.
        [machine / "bin/start"],
        capture_output=True,
        text=True,
        env=chosen,
        cwd=machine,
        timeout=60,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if not line.startswith(("Installing", "Systempakete werden"))]


def test_missing_fonts_are_named_with_the_command_and_the_start_goes_on(machine: Path) -> None:
    assert start(machine, FONTS) == [f"{SENTENCE}fonts-inter fonts-noto-color-emoji", "started"]
    assert start(machine, {"libharfbuzz-subset0"}) == [f"{SENTENCE}libharfbuzz-subset0", "started"]


def test_missing_fonts_are_named_in_german_where_the_terminal_is(machine: Path) -> None:
    said = start(machine, {"fonts-inter"}, LANG="de_DE.UTF-8")

    assert said == [
        "PDF-Berichte sehen nicht aus, wie sie sollen, weil Systempakete fehlen; führen Sie als root aus: apt-get"
        " install fonts-inter",
        "started",
    ]


@pytest.mark.parametrize("missing", [set(), PANGO | FONTS])
def test_nothing_is_said_twice(machine: Path, missing: set[str]) -> None:
    """Without Pango the start itself says that there is no PDF, and names all packages."""
    assert start(machine, missing) == ["started"]
