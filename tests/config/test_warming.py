"""A server that starts prepares what its first visitors would otherwise wait for. In a process of its own, because
what is read once stays read."""

import json
import subprocess
import sys

import pytest

from config.turns import SWITCH_AFTER
from config.warming import LIVE_TEMPLATES
from tests.config.running import ROOT, environment

# Imports the module named on the command line as a server does, and says what was read from the disk when somebody
# then asks for every page and divides words in both languages.
LOOK = """
import gc, json, os, sys, threading
from importlib import import_module
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.conf import settings
from django.template.loader import get_template
from config.warming import LIVE_TEMPLATES
from workshops.curve.text import _hyphenation

if sys.argv[1] != "nothing":
    import_module(sys.argv[1])
    warming, = [thread for thread in threading.enumerate() if thread.name == "warm-up"]
    warming.join(60)
    assert warming.daemon and not warming.is_alive()
frozen = gc.get_freeze_count() > 0

read = []
sys.addaudithook(lambda event, about: read.append(Path(str(about[0]))) if event == "open" else None)
for path in LIVE_TEMPLATES.glob("*.html"):
    get_template(f"workshops/{path.name}")
divided = [bool(_hyphenation("Rechnung", "de")), bool(_hyphenation("information", "en"))]
templates = [path.name for path in read if path.parent == LIVE_TEMPLATES]
dictionaries = {path.name[:7] for path in read if path.suffix == ".dic"}
print(json.dumps({
    "templates": sorted(templates), "dictionaries": sorted(dictionaries), "divided": divided,
    "frozen": frozen, "switch": sys.getswitchinterval(),
}))
"""


def look(module, data_dir):
    """What a process has to read after importing ``module``."""
    more = {"SECRET_KEY": "x" * 50, "DATABASE_URL": "postgres://postgres@nowhere/none", "REDIS_URL": "redis://nowhere"}
    (data_dir / "static").mkdir()
    words = [sys.executable, "-W", "error", "-c", LOOK, module]
    more["DATA_DIR"] = str(data_dir)
    said = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, env=environment(**more), check=False)
    assert (said.returncode, said.stderr) == (0, "")
    return json.loads(said.stdout)


@pytest.mark.parametrize(("module", "switch"), [("config.asgi", SWITCH_AFTER), ("config.wsgi", 0.005)])
def test_a_server_is_warm_before_its_first_visitor(module, switch, tmp_path):
    assert look(module, tmp_path) == {
        "templates": [],
        "dictionaries": [],
        "divided": [True, True],
        "frozen": True,
        "switch": pytest.approx(switch),
    }


def test_a_process_that_is_no_server_prepares_nothing(tmp_path):
    assert look("nothing", tmp_path) == {
        "templates": sorted(path.name for path in LIVE_TEMPLATES.glob("*.html")),
        "dictionaries": ["hyph_de", "hyph_en"],
        "divided": [True, True],
        "frozen": False,
        "switch": pytest.approx(0.005),
    }
