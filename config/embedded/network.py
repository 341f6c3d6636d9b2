"""Addresses: may we listen there, and under which one do phones in the same network reach us?"""

import errno
import ipaddress
import socket

from config.embedded.words import RefusalError

EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not listened on


def claim_port(host: str, port: int) -> int:
    """Return the port that can be listened on (a free one for 0), or refuse with the reason."""
    try:
        family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(1)
            return int(listener.getsockname()[1])
    except socket.gaierror:
        raise RefusalError("host_unknown", host=host) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise RefusalError("port_used", port=port, host=host) from None
        if error.errno == errno.EACCES:
            raise RefusalError("port_forbidden", port=port) from None
        raise RefusalError("host_unknown", host=host) from None


def outgoing_address(family: socket.AddressFamily, beyond: str) -> str | None:
    """Return our address on the way to ``beyond``. Nothing is sent: connecting a datagram socket only picks a route."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((beyond, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return None


def lan_address() -> str | None:
    """Return the address under which other devices in the network reach us, None when there is none."""
    candidates = [
        outgoing_address(socket.AF_INET, "192.0.2.1"),  # a documentation network: any address beyond the router does
        outgoing_address(socket.AF_INET, "10.255.255.255"),
        outgoing_address(socket.AF_INET6, "2001:db8::1"),
    ]
    for found in candidates:
        if found and not (ipaddress.ip_address(found).is_loopback or ipaddress.ip_address(found).is_unspecified):
            return found
    return None


def url(host: str, port: int) -> str:
    """Return the http address, with the brackets that IPv6 wants."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}" if port == 80 else f"http://{name}:{port}"


def loopback_of(host: str) -> str:
    """Return where we reach ourselves when listening on ``host``."""
    if host in EVERYWHERE:
        return "::1" if host == "::" else "127.0.0.1"
    return host
