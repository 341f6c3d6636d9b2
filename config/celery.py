"""The Celery application. Tasks carry ids only; what is to be done stands in rows."""

import os

from celery import Celery

from config import heartbeat  # noqa: F401 - its signals make a worker show that it lives

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("touchpoint_werkstatt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
