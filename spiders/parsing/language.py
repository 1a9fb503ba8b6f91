from __future__ import annotations

import re

_TAG = re.compile(r"^([a-z]{2,3})(?:[-_]([a-z]{2}))?$", re.IGNORECASE)


def language_tag(text: str | None) -> str | None:
    """`de_DE` and `DE-de` as `de-DE`; None for what is no language tag."""
    match = _TAG.match((text or "").strip())
    if match is None:
        return None
    language, country = match.group(1).lower(), match.group(2)
    return f"{language}-{country.upper()}" if country else language
