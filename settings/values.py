"""The texts of environment variables as values; each function raises ValueError with the text in it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from settings.addresses import address_from_text, masked

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


def seconds_from_text(text: str) -> float:
    value = float(text)
    if not 0 < value < 86_400 * 366:
        raise ValueError(f"{text} is not a positive number of seconds")
    return value


def count_from_text(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(f"{text} is not a whole number above 0")
    return value


def count_or_none_from_text(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(f"{text} is below 0")
    return value


def switch_from_text(text: str) -> bool:
    # "False" must mean false: bool("False") is True, and peers have shipped that.
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is neither true nor false")
    return words[text.lower()]


def one_of(*words: str) -> Callable[[str], str]:
    """Case does not matter."""

    def parse(text: str) -> str:
        for word in words:
            if word.casefold() == text.casefold():
                return word
        raise ValueError(f"{text!r} is none of {', '.join(words)}")

    return parse


def origin_from_text(text: str) -> str:
    parts = urlsplit(page_url_from_text(text))
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{text!r} must end after the host and port")
    return f"{parts.scheme}://{parts.netloc}"


def origins_from_text(text: str) -> tuple[str, ...]:
    return tuple(part if part == "*" else origin_from_text(part) for part in words_from_text(text))


def page_url_from_text(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is not an http(s) URL")
    return text


def mongodb_uri_from_text(text: str) -> str:
    address_from_text(text, ("mongodb", "mongodb+srv"), many_hosts=True)
    return text


def redis_url_from_text(text: str) -> str:
    if text.startswith("unix://"):
        return text
    address = address_from_text(text, ("redis", "rediss", "unix"))
    database = address.rest.partition("?")[0].strip("/")
    if database and not database.isdecimal():
        raise ValueError(f"{masked(text)}: after the host stands the number of a database, like /0")
    return text


def name_from_text(text: str) -> str:
    if not all(character.isalnum() or character in "-_.:" for character in text):
        raise ValueError(f"{text!r} may hold letters, digits, and - _ . : only")
    return text


def words_from_text(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def places_from_text(text: str) -> tuple[tuple[str, str], ...]:
    """`US=10001,UK=SW1A 1AA`; whether a store takes the place is checked by those who know the stores."""
    pairs = []
    for part in text.split(","):
        code, equals, place = (word.strip() for word in part.partition("="))
        if not equals or not code or not place:
            raise ValueError(f"{part.strip()!r} is not a marketplace=place, such as US=10001")
        pairs.append((code, place))
    return tuple(pairs)


def networks_from_text(text: str) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(part) for part in words_from_text(text))
