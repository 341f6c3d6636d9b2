"""Ends the streams of whoever logs out or stops being a member.

Only here do signals stand for a call: the accounts app, where both happen, must not import this one.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete, post_save

from accounts.models import Membership
from workshops.live.bus import end_member_streams


def listen() -> None:
    """Begin; called once when Django is ready."""
    user_logged_out.connect(_logged_out, dispatch_uid="live.logged_out")
    post_delete.connect(_membership_changed, sender=Membership, dispatch_uid="live.membership_ended")
    post_save.connect(_membership_changed, sender=Membership, dispatch_uid="live.membership_changed")


def _logged_out(user: Any, **kwargs: Any) -> None:
    if user is not None:
        end_member_streams(user.pk)


def _membership_changed(instance: Membership, created: bool = False, **kwargs: Any) -> None:
    """A role that was taken away may have been the one that opened the board."""
    if not created:
        end_member_streams(instance.user_id)
