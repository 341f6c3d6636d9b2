"""Closed lists of the accounts app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may do in an organisation; one per membership."""

    OWNER = "owner", _("Owner")
    MODERATOR = "moderator", _("Moderator (Touchpoint Manager)")
    MANAGER = "manager", _("Manager")
    EMPLOYEE = "employee", _("Employee")


# Those who prepare and run workshops, and edit what they are about.
MODERATING = frozenset({Role.OWNER, Role.MODERATOR})
# Those who read results and download reports.
READING = frozenset({Role.OWNER, Role.MODERATOR, Role.MANAGER})
EVERYBODY = frozenset(Role)


class Language(models.TextChoices):
    """The languages that the product is complete in."""

    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")
