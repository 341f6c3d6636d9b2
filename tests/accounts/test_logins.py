"""A session that has expired, or whose user may not come in any more, is nobody's."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.logins import SessionStore
from accounts.models import Membership, User
from tests.conftest import client_of

HOME = "/o/regio-bahn/"

pytestmark = pytest.mark.django_db


def session_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_session_holds_what_was_saved(mara: Membership) -> None:
    client = client_of(mara)
    store = SessionStore(session_of(client))
    store["kept"] = "ä"
    store.save()
    assert SessionStore(session_of(client))["kept"] == "ä"
    assert client.get(HOME).context["user"] == mara.user


def test_session_that_has_expired_is_empty_and_leads_to_the_login(mara: Membership) -> None:
    client = client_of(mara)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    store = SessionStore(session_of(client))
    assert (dict(store.items()), store.session_key) == ({}, None)
    assert client.get(HOME).status_code == 302


def test_user_who_was_shut_out_or_is_gone_is_sent_to_the_login(mara: Membership, emil: Membership) -> None:
    client, other = client_of(mara), client_of(emil)
    User.objects.filter(pk=mara.user_id).update(is_active=False)
    assert client.get(HOME).status_code == 302
    assert other.get(HOME).status_code == 200
    emil.delete()
    User.objects.filter(pk=emil.user_id).delete()
    assert other.get(HOME).status_code == 302
