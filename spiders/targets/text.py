"""What people paste, made one clean line: invisible characters out, white space single, NFC. Pure."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
# Scripts whose words need ZERO WIDTH (NON-)JOINER between two letters.
_JOINING_SCRIPTS = (
    "ARABIC", "SYRIAC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU",
    "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "MONGOLIAN",
)  # fmt: skip


class UnreadableText(ValueError):
    """The text holds half of a character, which no address can carry."""


def clean_text(text: str) -> str:
    """One line without invisible characters; raises UnreadableText.

    Removed are format characters (U+FEFF, U+200B, U+200E, U+00AD and their kin) and controls, but for
    U+200D between emoji and U+200C, U+200D between letters of scripts that use them. White space of
    any kind becomes one space, and none at the ends. The result is NFC.
    """
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise UnreadableText("it holds half of a character (a lone surrogate)")
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    spaced = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    kept = [
        character
        for place, character in enumerate(spaced)
        if not _is_invisible(character) or _joins(spaced, place)
    ]
    return _SPACES.sub(" ", "".join(kept)).strip()


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf") and character not in _TAGS


# Letters of flag emoji (England, Scotland): format characters that are seen.
_TAGS = frozenset(chr(code) for code in range(0xE0020, 0xE0080))


def _joins(text: str, place: int) -> bool:
    character = text[place]
    if character not in _JOINERS or not 0 < place < len(text) - 1:
        return False
    before, after = text[place - 1], text[place + 1]
    if character == "\u200d" and _is_pictograph(before) and _is_pictograph(after):
        return True
    return _uses_joiners(before) and _uses_joiners(after)


def _is_pictograph(character: str) -> bool:
    # A variation selector or skin tone may stand between the picture and the joiner.
    return unicodedata.category(character) in ("So", "Sk") or character == "\ufe0f"


def _uses_joiners(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_JOINING_SCRIPTS)
