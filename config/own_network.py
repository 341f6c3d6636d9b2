"""Without https an installation serves its own network only: what is sent would be readable on the whole way.

Which addresses are its own network, and why: docs/decisions/0031.
"""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control

# Not ipaddress's is_private: it takes addresses of documentation and of the future in, and differs between versions.
OWN_NETWORKS = [
    ipaddress.ip_network(network)
    for network in (
        *("127.0.0.0/8", "::1/128"),  # this computer
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),  # private
        *("169.254.0.0/16", "fe80::/10"),  # the same cable or Wi-Fi
        "100.64.0.0/10",  # shared by those behind one provider; in practice that of an overlay such as Tailscale
    )
]
# Whoever looks whether the server lives reads no more than that, and may stand anywhere.
OPEN_PATHS = {"/healthz"}


class OwnNetworkMiddleware:
    """Answers 403 to a client outside the own network; not used where PUBLIC_URL is https.

    It stands below TrustedProxyMiddleware, which knows the client's address, below the static files, which the page
    that it answers needs, and above everything that asks the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.IS_HTTPS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in OPEN_PATHS or is_own_client(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)
        return refuse(request)


def is_own_client(address: str) -> bool:
    """Whether a client may be served without https. Whoever comes through a unix socket has no address and is here."""
    return not address or is_own_address(address)


@lru_cache(maxsize=4096)
def is_own_address(text: str) -> bool:
    """Whether ``text`` is an address of the own network; what is no address is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # how a socket for both kinds names a client of IPv4
    return any(address in network for network in OWN_NETWORKS)


def refuse(request: HttpRequest) -> HttpResponse:
    """Say in both languages who is served, and how whoever runs the server can serve everybody."""
    response = render(request, "403_network.html", status=403)
    patch_cache_control(response, private=True, no_store=True)  # the same person may come back from within
    return response
