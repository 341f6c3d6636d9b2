"""The page for whoever comes from outside of an installation without https: styled, readable, and axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, serving
from tests.e2e.test_accessibility import LOOKS, violations

pytestmark = pytest.mark.e2e

TITLES = {
    "de-DE": ["Dieser Server bedient nur das eigene Netz", "This server serves its own network only"],
    "en-GB": ["This server serves its own network only", "Dieser Server bedient nur das eigene Netz"],
}


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_page_for_whoever_comes_from_outside(environment, open_page, watch, locale, scheme):
    watch.expected = ["403"]
    with serving(environment | {"TRUSTED_PROXIES": "127.0.0.1"}) as url:
        watch.server = url
        outside = {"X-Forwarded-For": "203.0.113.9"}
        page = open_page(base_url=url, locale=locale, color_scheme=scheme, viewport=PHONE, extra_http_headers=outside)

        answer = page.goto("/join/")

        assert answer.status == 403
        expect(page.get_by_role("heading")).to_have_text(TITLES[locale])
        expect(page.get_by_role("button")).to_have_count(0)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
