"""Print the one-time link with which the first owner signs up."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.organisations import create_setup_link, owner_exists


class Command(BaseCommand):
    help = (
        "Prints a one-time link for the first owner's sign-up; prints nothing once an owner besides the demo's exists."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not owner_exists(besides_demo=True):
            self.stdout.write(create_setup_link())
