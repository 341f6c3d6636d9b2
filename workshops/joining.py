"""How people get in: the join code as it is read aloud, its address, and the QR code, all from PUBLIC_URL."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from config.own_network import is_own_address


@dataclass(frozen=True)
class JoinCard:
    """What stands on the poster, the console and the projector. ``warning`` says who cannot reach the address."""

    code: str
    spoken: str
    url: str
    address: str
    qr: SafeString
    warning: str


def join_card(code: str) -> JoinCard:
    """The card of one join code; the address is where this installation is reached, not where the request came from."""
    url = f"{settings.PUBLIC_URL}/{code}"
    return JoinCard(
        code=code,
        spoken=f"{code[:3]} {code[3:]}",
        url=url,
        address=url.split("://", 1)[-1],
        qr=_qr(url),
        warning=_warning(settings.PUBLIC_URL),
    )


@lru_cache(maxsize=256)
def _qr(url: str) -> SafeString:
    """An SVG of attributes only, so that it stands under the strict content policy."""
    drawing = segno.make(url, error="m", micro=False).svg_inline(
        border=2, dark="#1c2227", light="#ffffff", svgclass="qr", lineclass=None, omitsize=True
    )
    label = f'<svg role="img" aria-label="{_QR_LABEL}" '
    return mark_safe(drawing.replace("<svg ", label, 1))  # noqa: S308 - drawn from our own address


# The same word in both languages; the address itself stands beside the drawing as text.
_QR_LABEL = "QR-Code"


def _warning(public_url: str) -> str:
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if host == "localhost" or _is_loopback(host):
        return _(
            "Phones cannot reach this address: it leads to this computer only. Start the application with "
            "--host 0.0.0.0, or set PUBLIC_URL to the address under which phones find it."
        )
    if parts.scheme == "https":
        return ""
    if is_own_address(host) or host.endswith(".local") or ("." not in host and ":" not in host):
        return _(
            "Phones reach this address only in the same network, for example in the same Wi-Fi. It is not encrypted "
            "(http): anybody in that network can read along."
        )
    return _(
        "This address is not encrypted (http). Phones outside your own network are not served; set up https for them."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
