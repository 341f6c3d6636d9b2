"""ASGI entry point: pages and live streams."""

import os

from django.core.asgi import get_asgi_application

from config.uploads import bounded
from config.warming import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = bounded(get_asgi_application())
warm_up()
