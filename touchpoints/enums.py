"""Closed lists of the touchpoint catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Phase(models.TextChoices):
    """The five phases of a journey, in the customer's order. The first and the last are influence by and on others."""

    INFLUENCING_BEFORE = "IB", pgettext_lazy("phase", "Influencing (before)")
    PRESALES = "PS", pgettext_lazy("phase", "Presales")
    PURCHASE = "PU", pgettext_lazy("phase", "Purchase")
    LOYALTY = "LO", pgettext_lazy("phase", "Loyalty")
    INFLUENCING_AFTER = "IA", pgettext_lazy("phase", "Influencing (after)")

    @property
    def order(self) -> int:
        """Place in the journey, 0 to 4."""
        return list(Phase).index(self)

    @property
    def sense(self) -> str:
        """What the customer does in this phase."""
        return str(PHASE_SENSES[self.value])


PHASE_SENSES = {
    "IB": _("The customer looks for information and is influenced by others."),
    "PS": _("The customer prepares the decision and meets you."),
    "PU": _("The customer decides and buys."),
    "LO": _("The customer uses it, is served and buys again."),
    "IA": _("The customer influences others."),
}


class Medium(models.TextChoices):
    """Whether a contact happens online, offline or both."""

    ONLINE = "online", _("online")
    OFFLINE = "offline", _("offline")
    BOTH = "both", _("online and offline")


class Relation(models.TextChoices):
    """Who makes the touchpoint: the provider, or third parties (method.md, finding 1)."""

    DIRECT = "direct", pgettext_lazy("relation", "direct")
    INDIRECT = "indirect", pgettext_lazy("relation", "indirect")


class Media(models.TextChoices):
    """Owned, paid or earned: run by us, bought, or deserved by deeds."""

    OWNED = "owned", pgettext_lazy("media", "owned")
    PAID = "paid", pgettext_lazy("media", "paid")
    EARNED = "earned", pgettext_lazy("media", "earned")


class Contact(models.TextChoices):
    """Whether a person meets the customer, or something between them."""

    HUMAN = "human", pgettext_lazy("contact", "in person")
    MEDIATED = "mediated", pgettext_lazy("contact", "mediated")


class ContactObject(models.TextChoices):
    """What the customer meets."""

    PRODUCT = "product", pgettext_lazy("contact object", "Product")
    BRAND = "brand", pgettext_lazy("contact object", "Brand")
    EMPLOYEE = "employee", pgettext_lazy("contact object", "Employee")
    SERVICE = "service", pgettext_lazy("contact object", "Service")


class Criticality(models.IntegerChoices):
    """How much damage a bad experience does here."""

    LOW = 1, pgettext_lazy("criticality", "low")
    MEDIUM = 2, pgettext_lazy("criticality", "medium")
    HIGH = 3, pgettext_lazy("criticality", "high")


class Existence(models.TextChoices):
    """Whether customers have this contact today, or could have it."""

    ACTUAL = "actual", _("customers have it")
    POTENTIAL = "potential", _("customers could have it")


class Contract(models.TextChoices):
    """On which side of the signature the contact lies."""

    BEFORE = "before", _("before the contract")
    AFTER = "after", _("after the contract")


class ChangeKind(models.TextChoices):
    """What was done to a touchpoint, as its history names it."""

    CREATED = "created", pgettext_lazy("history", "created")
    STARTER = "starter", pgettext_lazy("history", "taken from the starter catalogue")
    IMPORTED = "imported", pgettext_lazy("history", "imported")
    EDITED = "edited", pgettext_lazy("history", "changed")
    MOVED = "moved", pgettext_lazy("history", "moved within its phase")
    ARCHIVED = "archived", pgettext_lazy("history", "moved to the archive")
    RESTORED = "restored", pgettext_lazy("history", "brought back from the archive")
    MERGED = "merged", pgettext_lazy("history", "merged with another touchpoint")
    MERGED_AWAY = "merged_away", pgettext_lazy("history", "replaced by another touchpoint and archived")


class Shelf(models.TextChoices):
    """Which part of the catalogue a list shows, each at an address of its own."""

    ACTIVE = "active", pgettext_lazy("part of the catalogue", "All phases")
    AFTER_SALES = "after-sales", pgettext_lazy("part of the catalogue", "After the purchase")
    ARCHIVED = "archived", pgettext_lazy("part of the catalogue", "Archive")
