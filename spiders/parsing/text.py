from __future__ import annotations

import re

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NEEDS_WORK = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean_text(text: str | None) -> str:
    """One line: bidi and zero-width marks removed, every run of white space one blank.

    No NFKC: it would tear symbols such as ﷼ apart before they are recognised.
    """
    if not text:
        return ""
    if not text.isascii() and _NEEDS_WORK.search(text):
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def text_or_none(text: str | None) -> str | None:
    return clean_text(text) or None
