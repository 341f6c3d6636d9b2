"""ASGI entry point: pages and live streams."""

import os

from config.turns import turns_application
from config.uploads import bounded
from config.warming import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = bounded(turns_application())
warm_up()
