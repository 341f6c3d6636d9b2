"""The policy as django-csp writes it, once a process; what asks for one of its own gets it."""

from csp.constants import HEADER, SELF
from csp.decorators import csp_exempt, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory

from config.policy import PolicyMiddleware


def page(request):
    return HttpResponse("page")


def header_of(view, middleware=PolicyMiddleware):
    return middleware(view)(RequestFactory().get("/")).headers.get(HEADER)


def test_every_answer_has_the_policy_that_django_csp_would_write():
    assert header_of(page) == header_of(page, CSPMiddleware)
    assert "default-src 'none'" in header_of(page)


def test_an_answer_may_ask_for_a_policy_of_its_own():
    wider = csp_update({"img-src": [SELF, "blob:"]})(page)

    assert header_of(wider) == header_of(wider, CSPMiddleware)
    assert "blob:" in header_of(wider)
    assert header_of(csp_exempt()(page)) is None


def test_pages_of_errors_for_developers_keep_their_styles(settings):
    settings.DEBUG = True

    assert header_of(lambda _request: HttpResponse("traceback", status=500)) is None
    assert header_of(page) == header_of(page, CSPMiddleware)


def test_a_policy_that_is_set_stays():
    def own(request):
        return HttpResponse("page", headers={HEADER: "sandbox"})

    assert header_of(own) == "sandbox"
