"""Fetch a file from an address that somebody typed in: only public servers, only https, only so much, only so long."""

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings

MOST_BYTES = 2_000_000
SECONDS = 5
MOST_REDIRECTS = 3


class Forbidden(Exception):
    """An address that we do not open: not https, or inside of some house."""


class Away(Exception):
    """The other side does not answer, or not with a file."""


def fetch(address: str) -> bytes:
    """The file behind an https address of a public server; each redirect is looked at like a new address."""
    for _hop in range(MOST_REDIRECTS + 1):
        try:
            with httpx.Client(timeout=SECONDS, trust_env=False) as client, _get(client, address) as answer:
                if answer.has_redirect_location:
                    address = urljoin(address, answer.headers["location"])
                    continue
                answer.raise_for_status()
                return _body(answer)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Away(type(error).__name__) from None
    raise Away("too many redirects")


def check(address: str, private: bool | None = None) -> tuple[str, str]:
    """The name and the one IP address that will be asked; the name is not looked up again, so it cannot change its mind."""
    try:
        parts = urlsplit(address)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise Forbidden(address) from None
    private = settings.CALENDARS_MAY_BE_PRIVATE if private is None else private
    if parts.scheme != "https" and not (private and parts.scheme == "http") or not name or parts.username:
        raise Forbidden(address)
    try:
        found = [row[4][0] for row in socket.getaddrinfo(name, port or 443, type=socket.SOCK_STREAM)]
    except UnicodeError:  # a name that no server can have
        raise Forbidden(address) from None
    if not private and not all(_is_public(ip) for ip in found):
        raise Forbidden(address)
    return name, found[0]


def _is_public(ip: str) -> bool:
    """A multicast, loopback, link-local, private or translated address is none."""
    number = ipaddress.ip_address(ip)
    inner = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None) or number
    translated = number.version == 6 and number in ipaddress.ip_network("64:ff9b::/96")
    return inner.is_global and number.is_global and not inner.is_multicast and not translated


def _get(client, address):
    name, ip = check(address)
    url = httpx.URL(address)
    headers = {"Host": url.netloc.decode(), "Accept": "text/calendar, */*;q=0.1", "User-Agent": "Naru"}
    return client.stream("GET", url.copy_with(host=ip), headers=headers, extensions={"sni_hostname": name})


def _body(answer) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise Away("too large")
    return bytes(body)
