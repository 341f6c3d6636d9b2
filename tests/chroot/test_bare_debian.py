"""Both commands in a bare Debian with Python and git: a developer's machine hides what is missing."""

import os
import shutil
import stat
import subprocess

import pytest

from tests.chroot.debian import ROOT, copy_checkout, inside, unpack
from tests.stages import INSIDE_CHROOT

pytestmark = [pytest.mark.chroot, pytest.mark.timeout(1500)]

# starts, fetches page and health when the address is named, and stops with TERM
START_AND_FETCH = """
cd app && mkfifo said || exit 1
bin/start --no-demo --port 8321 >said 2>&1 &
application=$!
while read -r line; do
  echo "$line"
  case "$line" in "Open "*)
    python3 - "${line#Open }" <<'PYTHON'
import sys, urllib.request
for path in ("", "healthz"):
    with urllib.request.urlopen(sys.argv[1] + path) as answer:
        print("fetched", path or "page", answer.status, flush=True)
PYTHON
    kill -TERM $application ;;
  esac
done <said
wait $application; result=$?
[ $result = 0 ] || tail -n 30 var/log/prepare.log var/log/web.log var/log/worker.log
echo "ended with $result"
rm said
left=$(ps_names); echo "left: $left"
"""
# a bare Debian has no ps: the names of all processes except the shells of this script
PS_NAMES = """
ps_names() {
  for each in /proc/[0-9]*; do
    name=$(cat $each/comm 2>/dev/null)
    case "$name" in bash|sh|cat|"") ;; *) printf '%s ' "$name" ;; esac
  done
}
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Return a function that makes a fresh bare Debian with an account ``tester``."""
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        pytest.skip("needs root and mmdebstrap")
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount, which this container does not have")
    if os.environ.get(INSIDE_CHROOT):
        pytest.skip("a bare Debian makes no further one")
    made = []

    def make():
        system = tmp_path_factory.mktemp("debian") / "system"
        unpack(system)
        subprocess.run(["chroot", system, "useradd", "--create-home", "tester"], check=True)
        made.append(system)
        return system

    yield make
    for system in made:
        shutil.rmtree(system, ignore_errors=True)


@pytest.fixture(scope="module")
def prepared(machine):
    """A machine on which root has used the application before, so that its system packages are there."""
    system = machine()
    copy_checkout(system, "/root/app")
    return system, inside(system, PS_NAMES + START_AND_FETCH, timeout=600)


def assert_started(result, said):
    assert said.count("\nOpen http://127.0.0.1:8321/\n") == 1, said
    assert "fetched page 200" in said, said
    assert "fetched healthz 200" in said, said
    assert "ended with 0" in said, said
    assert said.rstrip().endswith("left:"), said
    assert result == 0, said


def test_start_as_root(prepared):
    system, (result, said) = prepared

    assert_started(result, said)
    assert "PDF" not in said
    assert stat.S_IMODE((system / "root").stat().st_mode) == 0o700


def test_start_as_a_user_without_root_says_what_is_missing(machine):
    system = machine()
    copy_checkout(system, "/home/tester/app", "tester")

    result, said = inside(system, PS_NAMES + START_AND_FETCH, user="tester", timeout=600)

    assert_started(result, said)
    assert "as root run: apt-get install libpango-1.0-0" in said


def test_quick_tests_as_a_user_without_root_say_what_is_missing(machine):
    system = machine()
    copy_checkout(system, "/home/tester/app", "tester")

    result, said = inside(system, "app/bin/test --quick", user="tester", timeout=300)

    assert result == 1
    assert said == (
        "System packages are missing; as root run: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
        " libharfbuzz-subset0 fonts-inter fonts-noto-color-emoji poppler-utils \n"
    )


def test_quick_tests_as_root(prepared):
    system, _ = prepared

    result, said = inside(system, "app/bin/test --quick", timeout=900, **{INSIDE_CHROOT: "1"})

    assert result == 0, said[-8000:]
    assert " passed" in said.splitlines()[-1]


def test_a_browser_opens_a_page(prepared):
    """What drives the browser needs more of the system than the browser itself."""
    system, _ = prepared

    result, said = inside(system, "app/bin/test -m e2e tests/e2e/test_login.py", timeout=900, **{INSIDE_CHROOT: "1"})

    assert result == 0, said[-8000:]
    assert " passed" in said.splitlines()[-1]


def test_quick_tests_as_a_user(prepared):
    """Where root has used them before, whichever test came first, so that their system packages are there, too."""
    system, _ = prepared
    result, said = inside(system, "app/bin/test --version", timeout=600)
    assert result == 0, said
    copy_checkout(system, "/home/tester/app", "tester")

    result, said = inside(system, "app/bin/test --quick", user="tester", timeout=900, **{INSIDE_CHROOT: "1"})

    assert result == 0, said[-8000:]
    assert " passed" in said.splitlines()[-1]


def image_steps():
    """What a container engine does to make the image: COPY takes everything only once the packages are installed."""
    words = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    steps = ["set -e", "mkdir -p /srv/app", "cd /srv/app"]
    for line in words.splitlines():
        instruction, _space, rest = line.partition(" ")
        if instruction == "RUN":
            steps.append(rest)
        elif instruction == "ENV":
            steps.append(f"export {rest}")
        elif instruction == "COPY":
            *names, target = rest.split()
            steps.append(f"mkdir -p {target}; cp -a {' '.join(f'/root/app/{name}' for name in names)} {target}")
    return "; ".join(steps)


def test_the_steps_of_the_image_make_an_application(machine):
    """No engine is asked for: the steps are what may fail."""
    system = machine()
    copy_checkout(system, "/root/app")
    alone = "SECRET_KEY=x DATABASE_URL=postgres://a@b/c REDIS_URL=redis://d"
    check = f"cd /srv/app && env {alone} setpriv --reuid=app python -c 'import config.wsgi, weasyprint; print(1 + 1)'"

    result, said = inside(system, f"{image_steps()}; {check}", timeout=600)

    assert result == 0, said
    assert said.splitlines()[-1] == "2", said
