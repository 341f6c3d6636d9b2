"""Who is asking: the session of a request and the user in it, read by statements that are written once a process."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from accounts.readings import Reading

SESSION = Reading(Session, where="django_session.session_key = %(key)s AND django_session.expire_date > %(now)s")
USER = Reading(User, where="accounts_user.id = %(id)s")


class SessionStore(DatabaseStore):
    """Django's sessions in the database; only their look-up is ours."""

    def load(self) -> dict[str, Any]:
        """What the session holds; an empty one, under no key, when there is none or it has expired."""
        session = SESSION.find(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
            return {}
        return self.decode(session.session_data)


class LoginBackend(AuthenticationBackend):
    """allauth's logins; only the look-up of who is logged in is ours."""

    def get_user(self, user_id: int) -> User | None:
        """The user with this id, or None where there is none or may not come in any more."""
        user = USER.find(id=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
