"""robots.txt as RFC 9309 reads it: groups, longest match, `*` and `$`. Pure, and in bounded time.

Own code, since Protego turns a rule into a regular expression, and `/*a*a*a*a*b` keeps that busy for
minutes: here a rule is a row of texts to be found one behind the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

# RFC 9309 asks for 500 KiB at least; what lies behind is not read.
MAX_BYTES = 512 * 1024
# A literal rule is looked up; each of these has to be tried.
MAX_WILDCARD_RULES = 5_000
STEP_LINES = 1_000

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TOKEN = re.compile(r"[A-Za-z_-]+")
_LINE_ENDS = re.compile(r"\r\n|\n|\r")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ANYONE = "*"


@dataclass(slots=True)
class _Group:
    """`literal`: pattern to whether it allows. `wild`: pieces, whether the end is meant, length, allows."""

    literal: dict[str, bool] = field(default_factory=dict)
    wild: list[tuple[list[str], bool, int, bool]] = field(default_factory=list)
    crawl_delay: float | None = None


class RobotsRules:
    """What holds for one product token, such as `azscraper`."""

    def __init__(self, group: _Group) -> None:
        self._group = group
        self.crawl_delay = group.crawl_delay

    @classmethod
    def parse(cls, body: bytes, agent: str) -> RobotsRules:
        *_, rules = cls.parsing(body, agent)
        assert rules is not None
        return rules

    @classmethod
    def parsing(cls, body: bytes, agent: str) -> Iterator[RobotsRules | None]:
        """Step by step: None after each, the rules at last."""
        token = product_token(agent)
        own, anyone = _Group(), _Group()
        names: set[str] = set()
        has_own, is_naming = False, False
        for number, line in enumerate(_lines(body)):
            if number % STEP_LINES == STEP_LINES - 1:
                yield None
            key, value = line
            if key == "user-agent":
                names = names if is_naming else set()
                is_naming = True
                names.add(_agent_of(value))
                has_own = has_own or token in names
            elif key in ("allow", "disallow", "crawl-delay"):
                # Other lines, such as crawl-delay, end no list of agents.
                is_naming = is_naming and key == "crawl-delay"
                for group, name in ((own, token), (anyone, _ANYONE)):
                    if name in names:
                        _add(group, key, value)
        yield cls(own if has_own else anyone)

    def allows(self, url: str) -> bool:
        path = path_of(url)
        if path == "/robots.txt":
            return True
        length, is_allowed = self._longest_literal(path)
        for pieces, is_to_end, size, allows in self._group.wild:
            if size < length or (size == length and is_allowed):
                continue
            if _matches(path, pieces, is_to_end=is_to_end):
                length, is_allowed = size, allows or (size == length and is_allowed)
        return is_allowed

    def _longest_literal(self, path: str) -> tuple[int, bool]:
        literal = self._group.literal
        if literal:
            for end in range(len(path), 0, -1):
                found = literal.get(path[:end])
                if found is not None:
                    return end, found
        return 0, True


def product_token(user_agent: str) -> str:
    """`azscraper` of `azscraper/0.1 (+https://…)`, in lower case."""
    found = _TOKEN.match(user_agent.strip())
    return found[0].lower() if found else ""


def path_of(url: str) -> str:
    """Path and query as rules are compared with them."""
    parts = urlsplit(url)
    path = parts.path or "/"
    whole = f"{path}?{parts.query}" if parts.query else path
    # In an address these are characters like others.
    return _normal(whole).replace("*", "%2A").replace("$", "%24")


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    for line in _LINE_ENDS.split(_text_of(body)):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _text_of(body: bytes) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) : MAX_BYTES].decode(encoding, "replace")
    return body[:MAX_BYTES].decode("utf-8", "replace")


def _agent_of(value: str) -> str:
    if value.startswith(_ANYONE):
        return _ANYONE
    found = _TOKEN.match(value)
    return found[0].lower() if found else ""


def _add(group: _Group, key: str, value: str) -> None:
    if key == "crawl-delay":
        group.crawl_delay = _seconds(value) or group.crawl_delay
        return
    allows = key == "allow"
    pattern = _normal(value)
    if not pattern.startswith(("/", "*")):
        # Nothing is meant by an empty one; others begin at the root whether they say so or not.
        if not pattern:
            return
        pattern = f"/{pattern}"
    is_to_end = pattern.endswith("$")
    pieces = pattern.removesuffix("$").split("*")
    if len(pieces) == 1 and not is_to_end:
        group.literal[pattern] = group.literal.get(pattern, False) or allows
    elif len(group.wild) < MAX_WILDCARD_RULES:
        group.wild.append((pieces, is_to_end, len(pattern), allows))


def _matches(path: str, pieces: list[str], *, is_to_end: bool) -> bool:
    """Each piece behind the one before; the first place that fits leaves most for those that follow."""
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    if len(pieces) == 1:
        return at == len(path) if is_to_end else True
    for piece in pieces[1:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    last = pieces[-1]
    if is_to_end:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None


def _normal(text: str) -> str:
    """Escapes in one form: what need not be escaped is not, what must be is, in capitals."""
    if text.isascii() and "%" not in text:
        return text
    plain = _ESCAPE.sub(_unescaped, text)
    return plain if plain.isascii() else quote(plain, safe="%/:?#[]@!$&'()*+,;=-._~")


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()
