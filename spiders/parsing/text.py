from __future__ import annotations

import re

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = "\u200c\u200d"
# The scripts whose spelling needs joiners (Arabic to Sinhala, Tibetan, Myanmar, Khmer, Mongolian), and
# the pictures that U+200D makes one of.
_JOINED = (
    "\u0620-\u0dff\u0f00-\u109f\u1780-\u18af\ua8e0-\ua8ff\ufb50-\ufdff\ufe0f\ufe70-\ufefc"
    "\u20e3\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
_STRAY_JOINER = re.compile(
    rf"(?<![{_JOINED}{_JOINERS}])[{_JOINERS}]+|[{_JOINERS}]+(?![{_JOINED}{_JOINERS}])"
    rf"|(?<=\d)[{_JOINERS}]+|[{_JOINERS}]+(?=\d)|(?<=[{_JOINERS}])[{_JOINERS}]"
)
_JOINER = re.compile(f"[{_JOINERS}]")


def clean_text(text: str | None) -> str:
    """One line: bidi marks and blanks without width removed, every run of white space one blank.

    U+200C and U+200D stay inside words and pictures, where they are spelling: "می‌خواهم", "👩‍💻".
    No NFKC: it would tear symbols such as ﷼ apart before they are recognised.
    """
    if not text:
        return ""
    line = " ".join(text.split())
    # What is taken out below is never printable: a title with accents is cleaned in two thirds of the time.
    if line.isascii() or line.isprintable():
        return line
    text = _INVISIBLE.sub("", text)
    if "\u200c" in text or "\u200d" in text:
        text = _STRAY_JOINER.sub("", text)
    return " ".join(text.split())


def words_of(text: str | None) -> str:
    """For looking for words: clean, and without the joiners, which stores set now and then."""
    cleaned = clean_text(text)
    return cleaned if cleaned.isascii() else _JOINER.sub("", cleaned)


def text_or_none(text: str | None) -> str | None:
    return clean_text(text) or None
