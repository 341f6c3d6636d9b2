"""What a server prepares in the background while it starts, so that no first visitor waits for it.

Compiling the templates of a room and reading the dictionary for hyphenation cost a new process most of a second: on a
projector, at the moment of the first reveal, that is what three hundred people would wait for.
"""

import gc
import logging
from threading import Thread

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

logger = logging.getLogger(__name__)

LIVE_TEMPLATES = settings.BASE_DIR / "templates" / "workshops"


def warm_up() -> Thread:
    """Begin in a thread of its own, which ends by itself; a server that is stopped meanwhile does not wait for it."""
    thread = Thread(target=_warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up() -> None:
    from workshops.curve import prepare_hyphenation  # noqa: PLC0415 - only when the applications are ready

    try:
        for path in sorted(LIVE_TEMPLATES.glob("*.html")):
            get_template(f"{LIVE_TEMPLATES.name}/{path.name}")
        for language, _name in settings.LANGUAGES:
            prepare_hyphenation(language)
    except (OSError, TemplateDoesNotExist):
        logger.exception("nothing was prepared; first visitors wait a little longer")
    # What has been loaded until now stays; collections need not walk through it again while three hundred phones wait.
    gc.collect()
    gc.freeze()
