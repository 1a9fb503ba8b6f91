"""Codes that name a product: ASIN, ISBN-10, ISBN-13. And why a text is none."""

from __future__ import annotations

import re
import unicodedata

from spiders.sites.marketplaces import MARKETPLACES
from spiders.targets.models import ACCEPTED, AROUND_END, ProductTarget, Refused, several

_COMMON_ASIN = re.compile(r"B[0-9A-Z]{9}")
# What a word of a path or a sentence cannot be by chance.
_CERTAIN_ASIN = re.compile(r"B0[0-9A-Z]{8}")
_ISBN10 = re.compile(r"[0-9]{9}[0-9X]")
ISBN13 = re.compile(r"97[89][0-9]{10}")
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?E\+?([0-9]+)")
_FNSKU = re.compile(r"X00[0-9A-Z]{7}")
_LABEL = re.compile(
    r"^(?:amazon\s+)?(?:asin|isbn(?:[- ]?1[03])?)\s*(?:no\.?|nr\.?|:|#|=|\s)\s*", re.I
)
# `#N/A`, `#REF!`, `#DIV/0!`, and the same in the other languages of Excel.
_CELL_ERROR = re.compile(r"#[¡¿]?[^\W\d]{1,12}(?:/[^\W\d]|/0)?[!?]?")
_EMPTY_WORDS = frozenset(
    {"null", "nan", "none", "nil", "undefined", "n/a", "na", "(blank)", "(empty)"}
)
_STORE_BESIDE = re.compile(r"(?:([A-Z]{2})[:@|_-])?([0-9A-Z]{10})(?:[:@|_-]([A-Z]{2}))?", re.I)
_DASHES = dict.fromkeys(
    map(ord, "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d ")
)
_LOOK_ALIKES = dict(
    zip(
        "АВЕКМНОРСТХУІЈЅаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "ABEKMHOPCTXYIJSaeopcyxijsABEZHIKMNOPTYX",
        strict=True,
    )
)
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{10}(?![0-9A-Za-z])")


def reason_for_empty_cell(text: str) -> str | None:
    """Why a text is no target that a spreadsheet or a program writes where it has nothing."""
    bare = text.strip(" \t\"'")
    if not _CELL_ERROR.fullmatch(bare) and bare.casefold() not in _EMPTY_WORDS:
        return None
    return (
        "neither an ASIN nor a product URL, but what spreadsheets and programs write where they have"
        f" no ASIN; {ACCEPTED}"
    )


def product_of_code(text: str) -> ProductTarget:
    _refuse_store_beside(text)
    code = unicodedata.normalize("NFKC", _LABEL.sub("", text)).upper().strip(AROUND_END)
    compact = code.translate(_DASHES)
    if ISBN13.fullmatch(compact):
        return product_of_isbn13(compact)
    if is_asin(code):
        return ProductTarget(checked(code), None, warnings_for(code))
    if _ISBN10.fullmatch(compact):
        return ProductTarget(compact, None, warnings_for(compact))
    tokens = _certain_codes(text)
    if len(tokens) > 1:
        raise several(tokens)
    if tokens:
        return ProductTarget(tokens[0], None, warnings_for(tokens[0]))
    raise Refused(_reason_for_code(code, compact))


def _refuse_store_beside(text: str) -> None:
    """`DE:B0…` and `B0…@DE` mean a store, and would be read from another one."""
    found = _STORE_BESIDE.fullmatch(text)
    store = (found.group(1) or found.group(3) or "").upper() if found else ""
    if found and store in MARKETPLACES and is_asin(found.group(2).upper()):
        raise Refused(
            f"it names a store beside the code; send {found.group(2)} alone, and the store as the"
            f" marketplace ({store}) or by the product's own address"
        )


def is_isbn10(text: str) -> bool:
    if not _ISBN10.fullmatch(text):
        return False
    values = [10 if c == "X" else int(c) for c in text]
    return sum(value * (10 - i) for i, value in enumerate(values)) % 11 == 0


def isbn10_from_isbn13(isbn13: str) -> str | None:
    """None for 979…, which has no ten-digit form, and for a wrong check digit."""
    if not isbn13.startswith("978") or not _is_ean13(isbn13):
        return None
    body = isbn13[3:12]
    check = -sum(int(c) * (10 - i) for i, c in enumerate(body)) % 11
    return body + ("X" if check == 10 else str(check))


def is_asin(text: str) -> bool:
    """The shape every ASIN has had so far: B and nine more, or ten digits of an ISBN."""
    has_digit = any(c.isdigit() for c in text)
    return has_digit and bool(_COMMON_ASIN.fullmatch(text) or _ISBN10.fullmatch(text))


def _certain_codes(text: str) -> list[str]:
    """The codes in a sentence, in capitals as they are printed; an ISBN-13 with its dashes too."""
    found = [token for token in _TOKEN.findall(text) if can_only_be_asin(token)]
    for group in re.findall(r"97[89][0-9 -]{10,15}", text.translate(str.maketrans("‐‑–—", "----"))):
        isbn = isbn10_from_isbn13(group.translate(_DASHES)[:13]) if len(group) >= 13 else None
        if isbn is not None:
            found.append(isbn)
    return list(dict.fromkeys(found))


def can_only_be_asin(text: str) -> bool:
    has_digits = sum(c.isdigit() for c in text) >= 2
    return bool(_CERTAIN_ASIN.fullmatch(text) and has_digits) or is_isbn10(text)


def product_of_isbn13(isbn13: str) -> ProductTarget:
    asin = isbn10_from_isbn13(isbn13)
    if asin is None:
        if not _is_ean13(isbn13):
            raise Refused("an ISBN-13 with a wrong check digit; look the number up again")
        raise Refused("an ISBN-13 of 979, which is no ASIN; send the book's own address or ASIN")
    return ProductTarget(asin, None)


def _is_ean13(digits: str) -> bool:
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


def checked(code: str) -> str:
    if code.startswith("BO"):
        # ASINs begin with B and the digit 0.
        raise Refused(f"it begins with the letter O; did you mean {'B0' + code[2:]}?")
    return code


def warnings_for(asin: str) -> tuple[str, ...]:
    return () if _COMMON_ASIN.fullmatch(asin) or is_isbn10(asin) else ("asin_unusual",)


def _reason_for_code(code: str, compact: str) -> str:
    latin = "".join(_latin(c) for c in code).upper()
    if latin != code and is_asin(latin):
        foreign = next(c for c in code if _latin(c) != c)
        name = unicodedata.name(foreign, "a foreign letter").title()
        return f"it holds {foreign!r} (U+{ord(foreign):04X}, {name}); did you mean {latin}?"
    if number := _NUMBER.fullmatch(code):
        return _reason_for_number(*number.groups(default=""))
    digits = re.sub(r"[.,]0+$", "", compact)
    if _DIGITS.fullmatch(digits):
        return _reason_for_digits(digits)
    if _FNSKU.fullmatch(code):
        return "an FNSKU (the label of a warehouse), not an ASIN; send the product's ASIN"
    if _CERTAIN_ASIN.fullmatch(compact):
        return f"it has white space or dashes inside; did you mean {compact}?"
    if re.fullmatch(r"B0[0-9A-Z]*", code):
        return f"it has {len(code)} characters, an ASIN has 10"
    return f"neither an ASIN nor a product URL; {ACCEPTED}"


def _latin(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return _LOOK_ALIKES.get(character, character)


def _reason_for_number(whole: str, fraction: str, exponent: str) -> str:
    spoiled = (
        "a spreadsheet has made a number of the code; format its column as text and copy again"
    )
    digits = (whole + fraction).ljust(len(whole) + int(exponent), "0") if int(exponent) < 20 else ""
    if len(digits) in (9, 10) and len(fraction) >= int(exponent) - 1:
        restored = digits.rjust(10, "0")
        if is_isbn10(restored):
            return f"{spoiled} (did you mean {restored}?)"
    return spoiled


def _reason_for_digits(digits: str) -> str:
    restored = digits.rjust(10, "0")
    if len(digits) in (7, 8, 9) and is_isbn10(restored):
        return f"a spreadsheet may have removed leading zeros; did you mean {restored}?"
    if len(digits) in (8, 12, 13, 14):
        return (
            f"a number of {len(digits)} digits is an EAN or UPC, not an ASIN; search for it instead"
        )
    return f"it has {len(digits)} digits, an ISBN has 10 or 13; {ACCEPTED}"
