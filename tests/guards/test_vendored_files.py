"""Files of others that lie in the project are the ones that their makers published."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

PUBLISHED = {
    # npm: plotly.js-basic-dist-min 4.1.1
    "plotly/plotly-basic.min.js": "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba",
    "plotly/LICENSE.txt": "8c45d9eaf50c2f72dd9c7ab9ef440788ba58a3538484b5c51c1f17d5128752e7",
}
OUR_OWN = {"plotly/plotly.css"}  # what Plotly writes into a page; tests/e2e/test_analysis.py compares it
VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_file_of_others_is_unchanged(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == PUBLISHED[name]


def test_every_file_of_others_is_named_here():
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert there == set(PUBLISHED) | OUR_OWN
