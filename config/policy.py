"""The content security policy, written once a process instead of twice an answer."""

from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# What django-csp's decorators leave on an answer that asks for a policy of its own.
OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class PolicyMiddleware(CSPMiddleware):
    """django-csp, which builds the header anew for every answer, though nearly all of them have the same."""

    def process_request(self, request: HttpRequest) -> None:
        """Offer no nonce: the policy names none, and nothing here writes scripts or styles into a page."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # While developing, django-csp leaves Django's own pages of errors alone, which have their styles in them.
        if settings.DEBUG or any(hasattr(response, name) for name in OWN):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response

    @cached_property
    def policy(self) -> str:
        """The policy of the settings."""
        return build_policy()
