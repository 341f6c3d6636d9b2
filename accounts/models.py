"""Who you are, and for whom: users, organisations, departments, memberships, invitations."""

import uuid
from typing import ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import MODERATING, READING, Language, Role
from accounts.tenancy import WHOLE_ORGANISATION, OrganisationOwned


def check_time_zone(value: str) -> None:
    """Raise ValidationError unless ``value`` is an IANA time zone, such as Europe/Berlin."""
    if value not in available_timezones():
        raise ValidationError(_("This is not a time zone we know."))


class UserManager(BaseUserManager["User"]):
    """Creates users who log in with their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Save a user with a normalised address; without a password the user cannot log in."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    """A person with a login. The address is the login; the name is what others see."""

    username = None  # type: ignore[assignment]  # log in by e-mail
    first_name = None  # type: ignore[assignment]  # one name, as the person writes it
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    # What the person read when they last logged in, for mails; empty: the organisation's.
    language = models.CharField(_("language"), max_length=2, choices=Language, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(models.functions.Lower("email"), name="user_email_unique_in_any_case")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Organisation(models.Model):  # type: ignore[django-manager-missing]  # the fence is built at run time
    """The tenant. Nothing of it is visible to anybody who is neither a member nor in one of its rooms."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.GERMAN)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin", validators=[check_time_zone])
    # Full mode: ratings from cut_ok on are OK, from cut_delight on delighting. Frozen with every Ist.
    cut_ok = models.PositiveSmallIntegerField(
        _("OK from"), default=4, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    cut_delight = models.PositiveSmallIntegerField(
        _("delighting from"), default=7, validators=[MinValueValidator(2), MaxValueValidator(10)]
    )
    guest_days = models.PositiveSmallIntegerField(
        _("days after which guests' names are erased"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    version = models.PositiveIntegerField(default=1, editable=False)  # of the settings
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(cut_ok__lt=models.F("cut_delight")),
                name="organisation_cut_points_in_order",
                violation_error_message=_("“Delighting” must begin above “OK”."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Department(OrganisationOwned):  # type: ignore[django-manager-missing]  # the fence is built at run time
    """A department, or a provider who works for the organisation from outside."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("Department")
        PROVIDER = "provider", _("Provider")

    guest_path: ClassVar[str | None] = WHOLE_ORGANISATION

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DEPARTMENT)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organisation",
                models.functions.Lower("name"),
                name="department_name_unique",
                violation_error_message=_("There is already a department of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(OrganisationOwned):  # type: ignore[django-manager-missing]  # the fence is built at run time
    """One person in one organisation, with one role."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.EMPLOYEE)
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("department"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)  # of role and department
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                name="membership_once",
                violation_error_message=_("This person is already a member."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def moderates(self) -> bool:
        """Whether this member prepares and runs workshops."""
        return self.role in MODERATING

    @property
    def reads_results(self) -> bool:
        """Whether this member sees results and downloads reports."""
        return self.role in READING


class Invitation(OrganisationOwned):
    """A one-time link into an organisation. Only a hash of its token is kept."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.EMPLOYEE)
    department = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organisation",
                models.functions.Lower("email"),
                condition=models.Q(accepted_at__isnull=True),
                name="invitation_open_once",
                violation_error_message=_("This address has already been invited."),
            )
        ]

    def __str__(self) -> str:
        return self.email


class SetupLink(models.Model):
    """The one-time link with which the first owner of an installation signs up."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"set-up link of {self.created_at:%Y-%m-%d}"


class Attempt(models.Model):
    """How often something was tried within a window; the key holds a keyed hash, never an address or a code."""

    key = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.window_ends_at}"
