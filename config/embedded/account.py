"""Who the services run as. PostgreSQL refuses root, so root lends them to an account without rights."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded.words import RefusalError

NAME = "touchpoint-db"
# A directory above the data may be closed to other accounts (a home directory is 0700). Its mode is not ours to change;
# instead the services get the one right to pass, of what root holds anyway. A container may lack the first of the two.
RIGHTS_TO_PASS = ("dac_read_search", "dac_override")


@dataclass(frozen=True)
class Account:
    """The account of the services, and the command that becomes it."""

    uid: int
    gid: int
    become: tuple[str, ...]

    def command(self, *words: str | Path, death_signal: str = "KILL") -> list[str]:
        """Return a command that runs as this account and gets ``death_signal`` when its parent dies in any way."""
        return [*self.become, "--pdeathsig", death_signal, "--", *map(str, words)]

    def own(self, path: Path) -> None:
        """Create a directory that only this account enters, or take over an existing one."""
        path.mkdir(mode=0o700, parents=False, exist_ok=True)
        if os.geteuid() == 0 and path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)


def find_setpriv() -> str:
    """Return the program that changes accounts and ties a process to its parent's life."""
    if program := shutil.which("setpriv", path=os.environ.get("PATH", "") + ":/usr/bin:/bin"):
        return program
    raise RefusalError("missing_program", program="setpriv", package="util-linux")


def service_account(cluster: Path, *needed: Path) -> Account:
    """Return who runs the services: ourselves, or for root the owner of the cluster or an account without rights."""
    setpriv = find_setpriv()
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), (setpriv,))
    uid, gid = cluster_owner(cluster) or unprivileged_account()
    for become in ways_to_become(setpriv, uid, gid):
        if reaches(become, *needed):
            return Account(uid, gid, become)
    raise RefusalError("unreachable", account=pwd.getpwuid(uid).pw_name, path=needed[0])


def cluster_owner(cluster: Path) -> tuple[int, int] | None:
    """Return whose the cluster is, when it is there and not root's."""
    if not (cluster / "PG_VERSION").exists():
        return None
    owner = cluster.stat()
    return (owner.st_uid, owner.st_gid) if owner.st_uid != 0 else None


def unprivileged_account() -> tuple[int, int]:
    """Return the account's ids, and create it when the machine does not have it yet."""
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        create_account()
        try:
            entry = pwd.getpwnam(NAME)
        except KeyError:
            raise RefusalError("no_account", account=NAME) from None
    return entry.pw_uid, entry.pw_gid


def create_account() -> None:
    """Create a system account without home and shell; whether it worked is looked up by the caller."""
    useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if useradd:
        options = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
        subprocess.run([useradd, *options, "--shell", "/usr/sbin/nologin", NAME], check=False, capture_output=True)


def ways_to_become(setpriv: str, uid: int, gid: int) -> list[tuple[str, ...]]:
    """Return the commands to try, the one with the fewest rights first."""
    plain = (setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs")
    without = (*plain, "--inh-caps=-all", "--bounding-set=-all")
    # without the fixup, access(2) would ignore the right, and initdb asks it about its own programs
    kept = (*plain, "--securebits=+no_setuid_fixup")
    passing = [
        (*kept, f"--inh-caps=-all,+{right}", f"--ambient-caps=-all,+{right}", f"--bounding-set=-all,+{right}")
        for right in RIGHTS_TO_PASS
    ]
    return [without, *passing]


def reaches(become: tuple[str, ...], *needed: Path) -> bool:
    """Return whether somebody who ran ``become`` can enter or run each of these paths."""
    tests = " && ".join(f'test -x "${number}"' for number in range(1, len(needed) + 1))
    command = [*become, "--", "/bin/sh", "-c", tests, "sh", *map(str, needed)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
