"""Texts without the secrets in them: for logs, messages, and whatever else leaves a process."""

from __future__ import annotations

import re

HIDDEN = "***"
_SECRET_TEXTS = re.compile(
    r"(?P<scheme>\b(?:Bearer|Basic) )\S+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JWT
    r"|\b(?:az|st)_[\w-]{16,}"  # an API key
    r"|\bwhsec_[\w+/=-]+"
    # user:password@host. A password that is written raw may hold `@`, `/`, `?` or `#`: all up to the
    # last `@` is taken for it, or a part of it would be left over. A store's address has no other `@`.
    r"|(?P<store>\b(?:mongodb(?:\+srv)?|rediss?|unix)://)[^\s\"'<>]*@"
    r"|(?P<origin>\b[a-z][a-z0-9+.-]*://)"
    r"(?:[^\s/?#@\"'<>]*@|[^\s/@:\"'<>]*:(?!\d{1,5}(?:[/?#\s]|$))[^\s\"'<>]*@(?=[\w\[]))"
    r"|(?P<name>[?&;](?:\w*token|\w*key|password|passwd|pwd|\w*secret|signature)=)[^&\s\"']+",
    re.I,
)


def without_secrets(text: str) -> str:
    """`text` with passwords of addresses, tokens and keys replaced by `***`."""
    return _SECRET_TEXTS.sub(_hidden, text)


def _hidden(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if origin := groups["store"] or groups["origin"]:
        return f"{origin}{HIDDEN}@"
    return f"{groups['scheme'] or groups['name'] or ''}{HIDDEN}"
