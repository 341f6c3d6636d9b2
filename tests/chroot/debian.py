"""A bare Debian in a directory: made once with mmdebstrap, entered in a mount and process namespace of its own.

How this machine reaches apt and pip is handed on at run time: its resolver, certificates and configuration are mounted,
nothing of it is written into the project.
"""

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".test-var" / "chroot"
SUITE = "bookworm"
BASE = CACHE / f"{SUITE}.tar"
HANDED_ON = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs", "/usr/local/share/ca-certificates")
VARIABLES = ("PIP_", "SSL_CERT_", "REQUESTS_CA_", "CURL_CA_", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY")


def make_base() -> None:
    """Make the bare system unless an earlier run has."""
    if BASE.exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    aside = BASE.with_suffix(".new.tar")
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=python3,git", SUITE, str(aside)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    aside.rename(BASE)


def unpack(target: Path) -> None:
    """Unpack a fresh system to ``target``."""
    make_base()
    target.mkdir()
    subprocess.run(["tar", "--extract", "--numeric-owner", "-C", target, "-f", BASE], check=True)


def pip_directories() -> list[str]:
    """Return the directories on this machine that pip is configured to look into; an index links to files beside it."""
    listed = subprocess.run(["pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    words = [word.strip("'\"") for line in listed.splitlines() for word in line.partition("=")[2].split()]
    paths = {str(Path(urlsplit(word).path).parent) if word.startswith("file:") else word for word in words}
    return sorted(path for path in paths if path.startswith("/") and path != "/" and Path(path).is_dir())


def mounts() -> dict[str, str]:
    """Return what is mounted into the system: the path here, and there."""
    wanted = {path: path for path in [*HANDED_ON, *pip_directories()] if Path(path).exists()}
    own = Path.home() / ".config" / "pip" / "pip.conf"
    if own.exists():
        wanted[str(own)] = "/etc/pip.conf"  # the account's configuration is stronger than the machine's
    return wanted


def variables() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(VARIABLES)}
    return kept | {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def mount_script(system: Path) -> str:
    """Return the commands that mount everything; the namespace takes it all away at the end."""
    lines = ["set -e", f"mount -t proc proc {shlex.quote(str(system / 'proc'))}"]
    (system / "dev" / "shm").mkdir(exist_ok=True)
    lines.append(f"mount -t tmpfs tmpfs {shlex.quote(str(system / 'dev/shm'))}")
    for here, name in mounts().items():
        there = system / name.lstrip("/")
        if Path(here).is_dir():
            there.mkdir(parents=True, exist_ok=True)
        else:
            there.parent.mkdir(parents=True, exist_ok=True)
            there.unlink(missing_ok=True)
            there.touch()
        lines.append(f"mount --bind {shlex.quote(here)} {shlex.quote(str(there))}")
    return "\n".join(lines)


def inside(system: Path, script: str, *, user: str = "root", timeout: float, **more: str) -> tuple[int, str]:
    """Run a script in the system; afterwards no process and no mount of it is left."""
    home = "/root" if user == "root" else f"/home/{user}"
    become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
    words = ["env", "-i", *(f"{k}={v}" for k, v in (variables() | {"HOME": home, "USER": user} | more).items())]
    entry = shlex.join(["chroot", str(system), *words, *become, "bash", "-c", f"cd {home} && {script}"])
    command = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "sh", "-c"]
    done = subprocess.run(
        [*command, f"{mount_script(system)}\nexec {entry}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout


def copy_checkout(system: Path, target: str, owner: str = "root") -> None:
    """Clone this checkout into the system and lay over it what is not committed yet, as a developer has it."""
    there = system / target.lstrip("/")
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, there], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, there / name)
        else:
            (there / name).unlink(missing_ok=True)
    if owner != "root":
        subprocess.run(["chroot", system, "chown", "-R", f"{owner}:{owner}", target], check=True)
