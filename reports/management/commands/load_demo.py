"""Load the demo organisations on a first start."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reports.demo.loading import Login, load_demo


class Command(BaseCommand):
    help = (
        "Loads the demo in German and English, prints its logins, and keeps them in DATA_DIR/demo-logins (mode 0600)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (logins := load_demo()):
            return
        text = "".join(line(login) for login in logins)
        keep(text)
        self.stdout.write(text, ending="")


def line(login: Login) -> str:
    """Return one login as a line: language, role, address, password."""
    return f"{login.language}  {login.role:<32} {login.email:<30} {login.password}\n"


def keep(text: str) -> None:
    """Write the logins where only the owner of the files reads them."""
    path = settings.DATA_DIR / "demo-logins"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
